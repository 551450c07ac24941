import { z } from 'zod';
import type { MatchedObject, StoredMatch } from '../../../ports/match-store.ts';
import { decodeAlert } from '../../stored/alert.ts';

const matchRow = z.object({
  sha256: z.string(),
  rule_id: z.string(),
  logic_hash: z.string(),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
  objects: z.number(),
  silent: z.number(),
  alert: z.string(),
});

/** A row of `matches`. */
export function matchOf(row: Record<string, unknown>): StoredMatch {
  const each = matchRow.parse(row);
  return {
    sha256: each.sha256,
    ruleId: each.rule_id,
    logicHash: each.logic_hash,
    firstSeenAt: each.first_seen_at,
    lastSeenAt: each.last_seen_at,
    objects: each.objects,
    isStaged: each.silent === 1,
    alert: decodeAlert(each.alert),
  };
}

const matchedObjectRow = z.object({
  alert_id: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  seen_at: z.string(),
  alert_state: z.enum(['pending', 'sent', 'silent']),
});

/** A row of `sightings`. */
export function matchedObjectOf(row: Record<string, unknown>): MatchedObject {
  const each = matchedObjectRow.parse(row);
  return {
    alertId: each.alert_id,
    object: { bucket: each.bucket, key: each.key, version: each.version },
    seenAt: each.seen_at,
    alertState: each.alert_state,
  };
}
