import { RearviewError } from '../../../domain/errors.ts';
import { addCounts, noCounts } from '../../../domain/scans/outcome.ts';
import { finalStates, isPlanned, type RetroBatch, type Scan } from '../../../domain/scans/scan.ts';
import type { Lease, ScanStore } from '../../../ports/scan-store.ts';
import type { Database } from './database.ts';
import { createExclusions } from './exclusions.ts';
import { createLedger } from './ledger.ts';
import { batchOf, scanOf } from './scan-rows.ts';

/** Scans, batches and ledgers in SQLite. */
export function createSqliteScanStore({ db }: { readonly db: Database }): ScanStore {
  const ledger = createLedger(db);
  const exclusions = createExclusions(db);
  const byId = db.prepare('SELECT * FROM scans WHERE id = ?');
  const find = (scanId: string): Scan | null => {
    const found = byId.get(scanId);
    return found === undefined ? null : scanOf(found);
  };
  const need = (scanId: string): Scan => {
    const scan = find(scanId);
    if (scan === null) throw new RearviewError('ERR_NOT_FOUND', `There is no scan ${scanId}.`);
    return scan;
  };
  const saveCounts = db.prepare('UPDATE scans SET counts = ?, batches_reported = ? WHERE id = ?');
  const insertBatch = db.prepare(
    'INSERT INTO batches (scan_id, batch_id, ruleset_id, objects, state) VALUES (?, ?, ?, ?, ?)',
  );
  const setBatch = db.prepare('UPDATE batches SET state = ? WHERE scan_id = ? AND batch_id = ? AND state = ?');
  const reportBatch = db.prepare(
    "UPDATE batches SET state = 'reported' WHERE scan_id = ? AND batch_id = ? AND state <> 'reported'",
  );
  const planned = db.prepare('SELECT count(*) known FROM batches WHERE scan_id = ? AND batch_id = ?');

  return {
    create: async (scan, activeKey) =>
      db.transaction(() => {
        const same = find(scan.id);
        if (same !== null) return { scan: same, created: false };
        const active = db
          .prepare("SELECT * FROM scans WHERE active_key = ? AND state IN ('running', 'paused') ORDER BY seq LIMIT 1")
          .get(activeKey);
        if (active !== undefined) return { scan: scanOf(active), created: false };
        insertScan(db, scan, activeKey);
        return { scan, created: true };
      }),
    get: async (scanId) => find(scanId),
    list: async ({ kind, states, limit }) =>
      db
        .prepare(
          `SELECT * FROM scans WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR state IN (SELECT value FROM json_each(?2)))
           ORDER BY seq DESC LIMIT ?3`,
        )
        .all(kind ?? null, states === undefined ? null : JSON.stringify(states), limit)
        .map(scanOf),
    setState: async (scanId, from, to, { at, error }) =>
      db
        .prepare(
          'UPDATE scans SET state = ?, finished_at = ?, error = ? WHERE id = ? AND state IN (SELECT value FROM json_each(?))',
        )
        .run(to, finalStates.includes(to) ? at : null, error ?? null, scanId, JSON.stringify(from)) === 1,

    acquireLease: async (scanId, owner, { nowMs, ttlMs }) =>
      db.transaction(() => {
        need(scanId);
        const taken = db
          .prepare(
            `UPDATE scans SET lease_owner = ?, lease_fence = lease_fence + 1, lease_expires = ? WHERE id = ?
             AND (lease_owner IS NULL OR lease_owner = ? OR lease_expires <= ?)`,
          )
          .run(owner, nowMs + ttlMs, scanId, owner, nowMs);
        if (taken === 0) return null;
        const fence = db.prepare('SELECT lease_fence FROM scans WHERE id = ?').get(scanId)?.['lease_fence'];
        return { scanId, owner, fence: Number(fence) };
      }),
    renewLease: async ({ scanId, fence }, { nowMs, ttlMs }) =>
      void db
        .prepare('UPDATE scans SET lease_expires = ? WHERE id = ? AND lease_fence = ? AND lease_owner IS NOT NULL')
        .run(nowMs + ttlMs, scanId, fence),
    releaseLease: async ({ scanId, fence }) =>
      void db
        .prepare('UPDATE scans SET lease_owner = NULL, lease_expires = 0 WHERE id = ? AND lease_fence = ?')
        .run(scanId, fence),
    checkpoint: async (lease, step, { nowMs, ttlMs }) =>
      db.transaction(() => {
        const scan = need(lease.scanId);
        requireLease(db, lease);
        if (scan.state !== 'running') throw new RearviewError('ERR_STATE', `Scan ${scan.id} is ${scan.state}.`);
        for (const { batchId, rulesetId, objects } of step.batches) {
          insertBatch.run(scan.id, batchId, rulesetId, JSON.stringify(objects), 'unsent');
        }
        let { counts } = scan;
        if (step.settled !== null) {
          insertBatch.run(scan.id, step.settled.batchId, '', '[]', 'reported');
          counts = ledger.replace(scan, step.settled.batchId, step.settled.entries);
        }
        if (step.excluded !== undefined) {
          const { objects, bytes } = step.excluded;
          exclusions.replace(scan.id, step.excluded.exclusions);
          counts = addCounts(counts, { ...noCounts, objects, bytes, excluded: objects });
        }
        const settled = step.settled === null ? 0 : 1;
        db.prepare(
          `UPDATE scans SET cursor = ?, listing_done = ?, listed_objects = listed_objects + ?, listed_bytes = listed_bytes + ?, batches_planned = batches_planned + ?,
           batches_reported = batches_reported + ?, counts = ?, lease_expires = ? WHERE id = ?`,
        ).run(
          ...[JSON.stringify(step.cursor), step.listingDone ? 1 : 0, step.listed.objects, step.listed.bytes],
          ...[step.batches.length + settled, settled, JSON.stringify(counts), nowMs + ttlMs, scan.id],
        );
      }),

    unsentBatches: async (scanId, { limit }) =>
      db
        .prepare(
          // Without the hint, SQLite reads all batches of the scan each time, for their order.
          `SELECT batch_id FROM batches INDEXED BY batches_unsent WHERE scan_id = ? AND state = 'unsent'
           ORDER BY batch_id LIMIT ?`,
        )
        .all(scanId, limit)
        .map((row) => String(row['batch_id'])),
    markSent: async (scanId, batchIds) =>
      db.transaction(() => {
        for (const batchId of batchIds) setBatch.run('sent', scanId, batchId, 'unsent');
      }),
    markUnsent: async (scanId, batchId) => void setBatch.run('unsent', scanId, batchId, 'sent'),
    async getBatch(scanId, batchId): Promise<RetroBatch | null> {
      const found = db.prepare('SELECT * FROM batches WHERE scan_id = ? AND batch_id = ?').get(scanId, batchId);
      return found === undefined ? null : batchOf(found);
    },
    report: async (scanId, reports) =>
      db.transaction(() => {
        for (const { batchId, entries } of reports) {
          const scan = need(scanId);
          if (isPlanned(scan) && planned.get(scanId, batchId)?.['known'] !== 1) {
            throw new RearviewError('ERR_NOT_FOUND', `Scan ${scanId} has no batch ${batchId}.`);
          }
          const reported = scan.batches.reported + reportBatch.run(scanId, batchId);
          saveCounts.run(JSON.stringify(ledger.replace(scan, batchId, entries)), reported, scanId);
        }
      }),
    // Each report stores them.
    storeOldestSums: async () => false,
    completeIfDone: async (scanId, { at }) =>
      db
        .prepare(
          `UPDATE scans SET state = 'completed', finished_at = ? WHERE id = ? AND kind <> 'live' AND state = 'running' AND listing_done = 1
           AND batches_reported = batches_planned`,
        )
        .run(at, scanId) === 1,
    ledger: async (scanId, options) => ledger.page(scanId, options),
    exclusions: async (scanId) => exclusions.of(scanId),
    exclusionsBy: async (segment) => exclusions.by(segment),
    hasExclusionsBy: async (segment) => exclusions.isNamed(segment),
  };
}

function requireLease(db: Database, { scanId, fence }: Lease): void {
  const current = db.prepare('SELECT lease_fence FROM scans WHERE id = ?').get(scanId)?.['lease_fence'];
  if (current === fence) return;
  throw new RearviewError(
    'ERR_LEASE_LOST',
    `Another batcher took over scan ${scanId} (lease ${String(current)}, ours ${fence}).`,
  );
}

function insertScan(db: Database, scan: Scan, activeKey: string): void {
  db.prepare(
    `INSERT INTO scans (id, seq, kind, state, active_key, ruleset_id, full, buckets, filter, cursor, listing_done, listed_objects, listed_bytes,
     batches_planned, batches_reported, counts, expected, created_at, finished_at, error, inventories, preview)
     VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM scans), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[scan.id, scan.kind, scan.state, activeKey, scan.rulesetId, scan.full ? 1 : 0],
    ...[
      JSON.stringify(scan.buckets),
      JSON.stringify(scan.filter),
      scan.cursor === null ? null : JSON.stringify(scan.cursor),
    ],
    ...[scan.listingDone ? 1 : 0, scan.listed.objects, scan.listed.bytes, scan.batches.planned, scan.batches.reported],
    ...[
      JSON.stringify(scan.counts),
      scan.expected === null ? null : JSON.stringify(scan.expected),
      scan.createdAt,
      scan.finishedAt,
      scan.error,
      JSON.stringify(scan.inventories),
      scan.preview === null ? null : JSON.stringify(scan.preview),
    ],
  );
}
