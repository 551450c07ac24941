import { z } from 'zod';
import { type Alert, alertSchema } from '../../domain/alert.ts';
import type { Sighting, StoredMatch } from '../../ports/match-store.ts';

const alert: z.ZodType<Alert> = z.object({
  schema: z.literal(alertSchema),
  id: z.string(),
  reason: z.enum(['new_match', 'new_object']),
  at: z.string(),
  rule: z.object({
    id: z.string(),
    namespace: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    meta: z.array(z.object({ identifier: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
    severity: z.string(),
    logicHash: z.string(),
  }),
  strings: z.array(z.object({ identifier: z.string(), offset: z.number(), length: z.number(), data: z.string() })),
  file: z.object({
    sha256: z.string(),
    md5: z.string(),
    size: z.number(),
    scannedBytes: z.number().exactOptional(),
    filepath: z.string(),
    filename: z.string(),
  }),
  object: z.object({ bucket: z.string(), key: z.string(), version: z.string(), arrivedAt: z.string() }),
  scan: z.object({ id: z.string(), kind: z.enum(['live', 'retro']) }),
  ruleset: z.object({ id: z.string() }),
});

/** An alert as it lies in the database. */
export function decodeAlert(text: unknown): Alert {
  return alert.parse(JSON.parse(z.string().parse(text)));
}

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
    silent: each.silent === 1,
    alert: decodeAlert(each.alert),
  };
}

const sightingRow = z.object({
  alert_id: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  seen_at: z.string(),
  alert_state: z.enum(['pending', 'sent', 'silent']),
});

/** A row of `sightings`. */
export function sightingOf(row: Record<string, unknown>): Sighting {
  const each = sightingRow.parse(row);
  return {
    alertId: each.alert_id,
    object: { bucket: each.bucket, key: each.key, version: each.version },
    seenAt: each.seen_at,
    alertState: each.alert_state,
  };
}
