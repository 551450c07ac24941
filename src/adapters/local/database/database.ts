import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { makePrivateFile, requirePrivateFile } from '../../../files/private-files.ts';
import { schema, schemaVersion } from './schema.ts';

/** How long a writer waits for another process to finish its transaction. */
const busyTimeoutMs = 30_000;

/** The SQLite database of a state folder. */
export interface Database {
  /** Compiled once for each text. */
  prepare(sql: string): Statement;
  /** Runs `step` in one transaction, or in the one under way. What it throws undoes all of it. */
  transaction<T>(step: () => T, options?: TransactionOptions): T;
  /** Statements without parameters or results, such as PRAGMAs. */
  exec(sql: string): void;
  close(): void;
}

export interface TransactionOptions {
  /**
   * Waits until the disk has it, and with it everything that was committed before, so that not even a loss of power takes it back. For what
   * someone outside relies on, such as an upload whose source may be deleted. Default: false.
   */
  readonly durable?: boolean;
}

export type Value = string | number | null;

/** A prepared statement whose errors are ours. */
export interface Statement {
  get(...values: readonly Value[]): Record<string, unknown> | undefined;
  all(...values: readonly Value[]): Record<string, unknown>[];
  /** Answers the number of rows written. */
  run(...values: readonly Value[]): number;
}

/**
 * Opens (and creates) the database. Write-ahead log with `synchronous = NORMAL`: a crash of the process loses nothing that was committed; a loss of power
 * takes the state back to an earlier moment, consistent in itself, since queues, records and alerts lie in the same file
 * (https://www.sqlite.org/wal.html#performance_considerations).
 * @throws RearviewError `ERR_CONFIG` where the file is no database of ours, or of a newer version
 */
export function openDatabase(path: string): Database {
  let connection: DatabaseSync;
  try {
    // SQLite gives the files next to it the permissions of the database.
    makePrivateFile(path);
    for (const suffix of ['-wal', '-shm', '-journal']) requirePrivateFile(`${path}${suffix}`);
    connection = new DatabaseSync(path, { timeout: busyTimeoutMs });
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  } catch (cause) {
    if (cause instanceof RearviewError) throw cause;
    throw unusable(path, cause);
  }
  const database = wrap(connection);
  try {
    prepareSchema(database, path);
  } catch (cause) {
    connection.close();
    if (cause instanceof RearviewError) throw cause;
    throw unusable(path, cause);
  }
  return database;
}

function wrap(connection: DatabaseSync): Database {
  const statements = new Map<string, Statement>();
  let inTransaction = false;
  const exec = (sql: string) => translated(() => connection.exec(sql));
  return {
    exec,
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = wrapStatement(translated(() => connection.prepare(sql)));
      statements.set(sql, statement);
      return statement;
    },
    transaction(step, { durable = false } = {}) {
      if (inTransaction) return step();
      if (durable) exec('PRAGMA synchronous = FULL');
      try {
        exec('BEGIN IMMEDIATE');
        inTransaction = true;
        const result = step();
        exec('COMMIT');
        return result;
      } catch (error) {
        // Some errors, a full disk among them, have undone it already.
        if (connection.isTransaction) connection.exec('ROLLBACK');
        throw error;
      } finally {
        inTransaction = false;
        if (durable) exec('PRAGMA synchronous = NORMAL');
      }
    },
    close: () => connection.close(),
  };
}

function wrapStatement(statement: StatementSync): Statement {
  return {
    get: (...values) => translated(() => statement.get(...values)),
    all: (...values) => translated(() => statement.all(...values)),
    run: (...values) => Number(translated(() => statement.run(...values)).changes),
  };
}

function prepareSchema(database: Database, path: string): void {
  const version = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version() === schemaVersion) return;
  database.transaction(() => {
    // Read again: another process may have created the tables meanwhile.
    const found = version();
    if (found === schemaVersion) return;
    if (found !== 0) {
      throw new RearviewError(
        'ERR_CONFIG',
        `${path} was written by a newer version of Rearview (schema ${found}; this one knows ${schemaVersion}). Update Rearview, or use another state folder.`,
      );
    }
    database.exec(schema);
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
  });
}

/** https://www.sqlite.org/rescode.html: SQLITE_FULL, and SQLITE_IOERR_WRITE, which is what a full quota comes as. */
function translated<T>(step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : undefined;
    if (code === 13 || code === 778) {
      throw new RearviewError('ERR_STORAGE_FULL', `There is no room for the state database: ${messageOf(cause)}.`, {
        cause,
        retryable: true,
      });
    }
    throw cause;
  }
}

function unusable(path: string, cause: unknown): RearviewError {
  return new RearviewError(
    'ERR_CONFIG',
    `${path} cannot be used as state database: ${messageOf(cause)}. Check that the folder can be written to; if the file is damaged, restore it from a backup, or move it away to begin anew.`,
    { cause },
  );
}
