import { readFileSync } from 'node:fs';
import type { Database } from '../../adapters/local/database/database.ts';

/**
 * Counts the transactions that are written to a database from now on, by any process. SQLite sets
 * the size of the database in the last frame of each transaction of the write-ahead log
 * (https://www.sqlite.org/fileformat2.html#walformat).
 * @param file path of the database
 * @returns the number so far
 */
export function countCommits(db: Database, file: string): () => number {
  // An empty log that is not emptied any more has the transactions from now on.
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  db.prepare('PRAGMA wal_autocheckpoint = 0').get();
  return () => {
    const log = readFileSync(`${file}-wal`);
    if (log.length === 0) return 0;
    const frameBytes = 24 + log.readUInt32BE(8);
    let commits = 0;
    for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
      if (log.readUInt32BE(at + 4) > 0) commits++;
    }
    return commits;
  };
}
