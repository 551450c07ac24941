import * as z from 'zod';
import type { Alert } from '../../../domain/alerts/alert.ts';
import { RearviewError } from '../../../domain/errors.ts';
import type { MatchCandidate, MatchedObject } from '../../../ports/match-store.ts';
import { decodeAlert } from '../../stored/alert.ts';
import { digestOf, shardOf } from './digest.ts';
import { packJson, unpackJson } from './pack-json.ts';
import type { Item, ItemKey } from './table.ts';

/** Index partitions over which all matches and owed alerts are spread. */
export const matchShards = 8;
export const pendingShards = 4;
/**
 * Items over which the number of objects of one match is spread, so that a frequent content does
 * not contend with itself.
 */
export const objectShards = 4;
/** Maximum number of logic hashes per match: the latest ones of a frequently edited rule. */
const maxLogics = 50;
/** Maximum size of a stored alert in bytes. The limit of an item is 400 KB. */
const maxAlertBytes = 300_000;

export const contentPartition = (sha256: string) => `content#${sha256}`;
export const matchesInTime = (shard: number) => `matches#${shard}`;
export const pendingInTime = (shard: number) => `pending#${shard}`;
export const placesPartition = (sha256: string, slot: string) => `places#${sha256}#${slot}`;
export const alertKey = (alertId: string): ItemKey => ({ pk: `alert#${alertId}`, sk: 'alert' });
export const placeKey = (sha256: string, slot: string, object: { readonly bucket: string; readonly key: string }) => ({
  pk: placesPartition(sha256, slot),
  sk: digestOf(object.bucket, object.key),
});
export const objectsKey = (sha256: string, slot: string, shard: number): ItemKey => ({
  pk: `objects#${sha256}#${slot}`,
  sk: String(shard),
});

const matchRow = z.object({
  sha256: z.string(),
  slot: z.string(),
  ruleId: z.string(),
  ruleName: z.string().optional(),
  heirOf: z.array(z.string()),
  logics: z.array(z.string()),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  silent: z.boolean(),
  alertId: z.string(),
  scanId: z.string().optional(),
  revision: z.number(),
});

/**
 * One (content, rule). It is in the partition of the content under a slot that never changes, while
 * its rule may. A match under a name that no longer exists is taken over: the new name is written
 * into the item, however many objects there are.
 */
export type MatchItem = z.infer<typeof matchRow>;

export const parseMatch = (item: Item): MatchItem => matchRow.parse(item);

/** Returns whether another match took this one over: it is kept for its objects. */
export const isTakenOver = (match: MatchItem): boolean => match.ruleName === undefined;

/** The slots with the objects of a match. */
export const slotsOf = (match: MatchItem): readonly string[] => [match.slot, ...match.heirOf];

export const matchKey = (sha256: string, slot: string): ItemKey => ({
  pk: contentPartition(sha256),
  sk: `match#${slot}`,
});

export function matchItem(match: MatchItem): Item {
  const at = `${match.firstSeenAt}#${match.sha256}#${match.slot}`;
  const indexed = { matchAt: at, timeKey: matchesInTime(shardOf(match.sha256, matchShards)), timeAt: at };
  return { ...matchKey(match.sha256, match.slot), ...match, ...(isTakenOver(match) ? {} : indexed) };
}

export function newMatch({ alert, isStaged }: MatchCandidate, slot: string): MatchItem {
  return {
    sha256: alert.file.sha256,
    slot,
    ruleId: alert.rule.id,
    ruleName: alert.rule.name,
    heirOf: [],
    logics: [alert.rule.logicHash],
    firstSeenAt: alert.at,
    lastSeenAt: alert.at,
    silent: isStaged,
    alertId: alert.id,
    scanId: alert.scan.id,
    revision: 1,
  };
}

/** With these added to its known logic, the last of them as its own. */
export function withLogics(known: readonly string[], ...latest: readonly string[]): string[] {
  return [...known.filter((hash) => !latest.includes(hash)), ...latest].slice(-maxLogics);
}

const placeRow = z.object({
  alertId: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  seenAt: z.string(),
  alertState: z.enum(['pending', 'sent', 'silent']),
});

export function placeItem({ alert, isStaged }: MatchCandidate, slot: string): Item {
  const { bucket, key, version } = alert.object;
  const { pk, sk } = placeKey(alert.file.sha256, slot, alert.object);
  const place = { alertId: alert.id, bucket, key, version, seenAt: alert.at };
  return { pk, sk, ...place, alertState: isStaged ? 'silent' : 'pending', timeKey: pk, timeAt: `${alert.at}#${sk}` };
}

export function matchedObjectOf(item: Item): MatchedObject {
  const { bucket, key, version, ...fields } = placeRow.parse(item);
  return { ...fields, object: { bucket, key, version } };
}

/** Text of an alert, without the reason; if it is too large for an item, with fewer strings. */
export async function packAlert(alert: Omit<Alert, 'reason'>): Promise<Uint8Array> {
  for (let kept = alert.strings.length; ; kept = Math.floor(kept / 2)) {
    const isWhole = kept === alert.strings.length;
    const text = await packJson(
      isWhole
        ? alert
        : { ...alert, strings: alert.strings.slice(0, kept), stringsTotal: alert.stringsTotal ?? alert.strings.length },
    );
    if (text.length <= maxAlertBytes) return text;
    if (kept === 0) {
      throw new RearviewError(
        'ERR_CONFIG',
        `An alert of rule ${alert.rule.id} has ${text.length} bytes without its strings: shorten the rule's meta.`,
      );
    }
  }
}

const alertRow = z.object({
  reason: z.enum(['new_match', 'new_object']),
  text: z.unknown(),
  placePk: z.string(),
  placeSk: z.string(),
  isFirst: z.boolean(),
  timeKey: z.string().optional(),
});

/** An owed alert, or the first alert of its match. */
export function alertItem(
  { alert, isStaged }: MatchCandidate,
  parts: { readonly slot: string; readonly text: Uint8Array; readonly isFirst: boolean },
): Item {
  const place = placeKey(alert.file.sha256, parts.slot, alert.object);
  const owed = { timeKey: pendingInTime(shardOf(alert.id, pendingShards)), timeAt: `${alert.at}#${alert.id}` };
  return {
    ...alertKey(alert.id),
    reason: parts.isFirst ? 'new_match' : 'new_object',
    text: parts.text,
    placePk: place.pk,
    placeSk: place.sk,
    isFirst: parts.isFirst,
    ...(isStaged ? {} : owed),
  };
}

export interface StoredAlert {
  readonly alert: Alert;
  readonly place: ItemKey;
  readonly isFirst: boolean;
  readonly isOwed: boolean;
}

export function parseAlert(item: Item): StoredAlert {
  const { reason, text, placePk, placeSk, isFirst, timeKey } = alertRow.parse(item);
  const fields = z.record(z.string(), z.unknown()).parse(unpackJson(text));
  return {
    alert: decodeAlert(JSON.stringify({ ...fields, reason })),
    place: { pk: placePk, sk: placeSk },
    isFirst,
    isOwed: timeKey !== undefined,
  };
}
