import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { makePrivateFile, requirePrivateFile } from '../../../files/private-files.ts';
import { addedTables, schema, schemaVersion } from './schema.ts';

/** How long a writer waits for another process to finish its transaction. */
const busyTimeoutMs = 30_000;

/** The SQLite database of a state folder. */
export interface Database {
  /** Compiled once for each text. */
  prepare(sql: string): Statement;
  /** Runs `step` in a transaction, or in the current one. An exception rolls back all of it. */
  transaction<T>(step: () => T, options?: TransactionOptions): T;
  /** Statements without parameters or results, such as PRAGMAs. */
  exec(sql: string): void;
  close(): void;
}

export interface TransactionOptions {
  /**
   * Waits until the data, and everything committed before, is on disk and survives even a loss of
   * power. For data that others rely on, such as an upload whose source may be deleted. Default:
   * false.
   */
  readonly durable?: boolean;
}

export type Value = string | number | null;

/** A prepared statement that throws Rearview errors. */
export interface Statement {
  get(...values: readonly Value[]): Record<string, unknown> | undefined;
  all(...values: readonly Value[]): Record<string, unknown>[];
  /** Returns the number of rows written. */
  run(...values: readonly Value[]): number;
}

/**
 * Opens (and creates) the database. It uses a write-ahead log with `synchronous = NORMAL`. A crash
 * of the process loses nothing that was committed. A loss of power may revert the state to an
 * earlier moment, which is consistent, since queues, records and alerts are in the same file
 * (https://www.sqlite.org/wal.html#performance_considerations).
 * @throws RearviewError `ERR_CONFIG` if the file is not a Rearview database, or of a newer version
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
    database.exec(addedTables);
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
        // Some errors, including a full disk, have already rolled it back.
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
        `${path} was written by a newer version of Rearview (schema ${found}; this version supports ${schemaVersion}). Update Rearview, or use another state folder.`,
      );
    }
    database.exec(schema);
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
  });
}

/**
 * https://www.sqlite.org/rescode.html: SQLITE_FULL, and SQLITE_IOERR_WRITE, which a full quota
 * causes.
 */
function translated<T>(step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : undefined;
    if (code === 13 || code === 778) {
      throw new RearviewError('ERR_STORAGE_FULL', `There is no space for the state database: ${messageOf(cause)}.`, {
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
    `Cannot use ${path} as state database: ${messageOf(cause)}. Check that the folder is writable. If the file is damaged, restore it from a backup, or move it away to start again.`,
    { cause },
  );
}
