import test from 'ava';
import { createSqliteScanStore } from '../../adapters/local/database/scan-store.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import type { UploadReport } from '../uploads/upload-report.ts';
import { recordNotRead } from './record-not-read.ts';

const nowMs = Date.parse('2026-03-04T05:06:07Z');
const failed = (key: string, reason: Extract<UploadReport, { status: 'failed' }>['reason']): UploadReport => ({
  ...{ path: `/in/${key}`, key, status: 'failed', reason, detail: 'why' },
});

test('what arrived and was not read is in the ledger of its day, once', async (t) => {
  const scans = createSqliteScanStore({ db: tempDatabase(t) });
  const record = (report: UploadReport) => recordNotRead(scans, report, { bucket: 'corpus', nowMs });
  await record(failed('pipe', 'not_a_regular_file'));
  await record(failed('pipe', 'not_a_regular_file'));
  await record(failed('secret', 'denied'));
  await record(failed('broken', 'unreadable'));
  // These come again, or never were.
  for (const reason of ['changed', 'gone', 'unavailable'] as const) await record(failed(reason, reason));
  await record({ path: '/in/fine', key: 'fine', status: 'uploaded', size: 1, sha256: 'ab', version: '1' });
  const { entries } = await scans.ledger('live-2026-03-04', { limit: 10 });
  const at = { bucket: 'corpus', version: '', size: 0 };
  t.deepEqual(entries, [
    { ...at, key: 'broken', outcome: { status: 'failed', reason: 'unreadable', detail: 'why' } },
    { ...at, key: 'pipe', outcome: { status: 'skipped', reason: 'not_a_regular_file', detail: 'why' } },
    { ...at, key: 'secret', outcome: { status: 'failed', reason: 'denied', detail: 'why' } },
  ]);
});
