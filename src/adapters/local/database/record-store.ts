import * as z from 'zod';
import { parseStored } from '../../../domain/text/parse-stored.ts';
import type { RecordStore } from '../../../ports/record-store.ts';
import { outcomeSchema } from '../../stored/outcome.ts';
import { uploaderSchema } from '../../stored/uploader.ts';
import { createCoverageSets } from './coverage-sets.ts';
import type { Database } from './database.ts';

const row = z.object({
  size: z.number(),
  sha256: z.string().nullable(),
  outcome: z.string(),
  scan_id: z.string(),
  updated_at: z.string(),
  coverage: z.number(),
  uploaded_by: z.string().nullable(),
});

/** Records of object versions in SQLite. */
export function createSqliteRecordStore({ db }: { readonly db: Database }): RecordStore {
  const coverage = createCoverageSets(db);
  const select = db.prepare('SELECT * FROM records WHERE bucket = ? AND key = ? AND version = ?');
  const upsert = db.prepare(
    `INSERT INTO records (bucket, key, version, size, sha256, outcome, scan_id, updated_at, coverage, uploaded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET size = excluded.size, sha256 = coalesce(excluded.sha256, sha256), outcome = excluded.outcome,
     scan_id = excluded.scan_id, updated_at = excluded.updated_at, coverage = excluded.coverage, uploaded_by = excluded.uploaded_by`,
  );
  return {
    getMany: async (refs) =>
      refs.map(({ bucket, key, version }) => {
        const found = select.get(bucket, key, version);
        if (found === undefined) return null;
        const each = row.parse(found);
        return {
          ...{
            bucket,
            key,
            version,
            size: each.size,
            sha256: each.sha256,
            scanId: each.scan_id,
            updatedAt: each.updated_at,
          },
          outcome: parseStored(outcomeSchema, each.outcome, 'outcome'),
          coverage: coverage.get(each.coverage),
          ...(each.uploaded_by === null ? {} : { uploadedBy: uploaderSchema.parse(JSON.parse(each.uploaded_by)) }),
        };
      }),
    async putMany(records) {
      try {
        db.transaction(() => {
          for (const { bucket, key, version, ...record } of records) {
            const before = select.get(bucket, key, version);
            const added = coverage.idOf(record.coverage);
            const id = before === undefined ? added : coverage.union(row.parse(before).coverage, added);
            const outcome = JSON.stringify(record.outcome);
            const { size, sha256, scanId, updatedAt, uploadedBy } = record;
            const uploader = uploadedBy === undefined ? null : JSON.stringify(uploadedBy);
            upsert.run(bucket, key, version, size, sha256, outcome, scanId, updatedAt, id, uploader);
          }
        });
      } catch (error) {
        coverage.forget();
        throw error;
      }
    },
  };
}
