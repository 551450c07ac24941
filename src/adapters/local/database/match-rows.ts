import { readNumber, readObject, readOneOf, readText } from '../../../domain/text/read-value.ts';
import type { MatchedObject, StoredMatch } from '../../../ports/match-store.ts';
import { decodeAlert } from '../../stored/alert.ts';

const readMatchRow = readObject({
  sha256: readText,
  rule_id: readText,
  logic_hash: readText,
  first_seen_at: readText,
  last_seen_at: readText,
  objects: readNumber,
  silent: readNumber,
  alert: readText,
});

/** A row of `matches`. */
export function matchOf(row: Record<string, unknown>): StoredMatch {
  const each = readMatchRow(row, []);
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

const readMatchedObjectRow = readObject({
  alert_id: readText,
  bucket: readText,
  key: readText,
  version: readText,
  seen_at: readText,
  alert_state: readOneOf(['pending', 'sent', 'silent']),
});

/** A row of `sightings`. */
export function matchedObjectOf(row: Record<string, unknown>): MatchedObject {
  const each = readMatchedObjectRow(row, []);
  return {
    alertId: each.alert_id,
    object: { bucket: each.bucket, key: each.key, version: each.version },
    seenAt: each.seen_at,
    alertState: each.alert_state,
  };
}
