import { addCounts, countEntries, type LedgerEntry, type OutcomeStatus } from '../../../domain/scans/outcome.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { Database } from './database.ts';
import { entryOf } from './scan-rows.ts';

/** The ledgers of all scans. */
export interface Ledger {
  /**
   * Replaces the entries of a batch, and those of other batches for the same object versions. Call
   * it within a transaction. Returns the new counts of the scan.
   */
  replace(scan: Scan, batchId: string, entries: readonly LedgerEntry[]): Scan['counts'];
  page(
    scanId: string,
    options: { readonly statuses?: readonly OutcomeStatus[]; readonly limit: number; readonly after?: string },
  ): { readonly entries: readonly LedgerEntry[]; readonly next: string | null };
}

const columns = 'bucket, key, version, size, outcome, sha256, preview';

/** Ledgers in SQLite, one row for each object version of a scan. */
export function createLedger(db: Database): Ledger {
  // Without the hint, SQLite reads the whole ledger of the scan.
  const ofBatch = db.prepare(
    `SELECT ${columns} FROM ledger INDEXED BY ledger_by_batch WHERE scan_id = ? AND batch_id = ?`,
  );
  const dropBatch = db.prepare('DELETE FROM ledger INDEXED BY ledger_by_batch WHERE scan_id = ? AND batch_id = ?');
  const ofObject = db.prepare(
    `SELECT ${columns} FROM ledger WHERE scan_id = ? AND bucket = ? AND key = ? AND version = ?`,
  );
  const write = db.prepare(
    `INSERT OR REPLACE INTO ledger (scan_id, bucket, key, version, batch_id, size, status, outcome, sha256, preview) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    replace(scan, batchId, entries) {
      const removed = ofBatch.all(scan.id, batchId).map(entryOf);
      if (removed.length > 0) dropBatch.run(scan.id, batchId);
      const added = new Map<string, LedgerEntry>();
      for (const entry of entries) {
        const { bucket, key, version } = entry;
        const other = ofObject.get(scan.id, bucket, key, version);
        const place = JSON.stringify([bucket, key, version]);
        if (other !== undefined && !added.has(place)) removed.push(entryOf(other));
        added.set(place, entry);
        const outcome = JSON.stringify(entry.outcome);
        write.run(
          scan.id,
          bucket,
          key,
          version,
          batchId,
          entry.size,
          entry.outcome.status,
          outcome,
          entry.sha256 ?? null,
          entry.preview === undefined ? null : JSON.stringify(entry.preview),
        );
      }
      return addCounts(addCounts(scan.counts, countEntries(removed), -1), countEntries([...added.values()]));
    },
    page(scanId, { statuses, limit, after }) {
      const [bucket, key, version] = after === undefined ? ['', '', ''] : parsePlace(after);
      const filter = statuses === undefined ? null : JSON.stringify(statuses);
      const rows = db
        .prepare(
          `SELECT ${columns} FROM ledger WHERE scan_id = ?1 AND (bucket, key, version) > (?2, ?3, ?4)
           AND (?5 IS NULL OR status IN (SELECT value FROM json_each(?5))) ORDER BY bucket, key, version LIMIT ?6`,
        )
        .all(scanId, bucket, key, version, filter, limit);
      const entries = rows.map(entryOf);
      const last = entries.at(-1);
      const next =
        last === undefined || entries.length < limit ? null : JSON.stringify([last.bucket, last.key, last.version]);
      return { entries, next };
    },
  };
}

function parsePlace(after: string): readonly [string, string, string] {
  const place: unknown = JSON.parse(after);
  const [bucket, key, version] = Array.isArray(place) ? place.map(String) : [];
  return [bucket ?? '', key ?? '', version ?? ''];
}
