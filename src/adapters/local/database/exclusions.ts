import type { Exclusion } from '../../../domain/scans/exclusion.ts';
import { parseStored } from '../../../domain/text/parse-stored.ts';
import { exclusionSchema } from '../../stored/exclusion.ts';
import type { Database } from './database.ts';

/** Exclusions of all scans: one row for each scan and segment. */
export interface Exclusions {
  /** Replaces those of the same segments. Call it within a transaction. */
  replace(scanId: string, exclusions: readonly Exclusion[]): void;
  of(scanId: string): readonly Exclusion[];
  by(segment: string): readonly { readonly scanId: string; readonly exclusion: Exclusion }[];
  /** Whether there are any by this segment. */
  isNamed(segment: string): boolean;
}

export function createExclusions(db: Database): Exclusions {
  const write = db.prepare('INSERT OR REPLACE INTO exclusions (scan_id, segment, exclusion) VALUES (?, ?, ?)');
  const ofScan = db.prepare('SELECT exclusion FROM exclusions WHERE scan_id = ? ORDER BY segment');
  const bySegment = db.prepare('SELECT scan_id, exclusion FROM exclusions WHERE segment = ? ORDER BY scan_id');
  const anyBySegment = db.prepare('SELECT 1 FROM exclusions WHERE segment = ? LIMIT 1');
  return {
    replace(scanId, exclusions) {
      for (const each of exclusions) write.run(scanId, each.segment.name, JSON.stringify(each));
    },
    of: (scanId) => ofScan.all(scanId).map(exclusionOf),
    by: (segment) =>
      bySegment.all(segment).map((row) => ({ scanId: String(row['scan_id']), exclusion: exclusionOf(row) })),
    isNamed: (segment) => anyBySegment.get(segment) !== undefined,
  };
}

function exclusionOf(row: Record<string, unknown>): Exclusion {
  return parseStored(exclusionSchema, row['exclusion'], 'exclusion');
}
