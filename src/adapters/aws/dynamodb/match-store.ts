import type { MatchStore } from '../../../ports/match-store.ts';
import { readContentMatches } from './content-matches.ts';
import { inTime, listMatches } from './list-matches.ts';
import {
  alertKey,
  matchedObjectOf,
  parseAlert,
  pendingInTime,
  pendingShards,
  placeKey,
  placesPartition,
  slotsOf,
} from './match-items.ts';
import { recordMatches } from './record-matches.ts';
import { type Item, type ItemKey, type Table, type Transaction, untilWritten } from './table.ts';

/** Two writes each. */
const marksPerWrite = 50;

/**
 * Matches, sightings and owed alerts in DynamoDB. A sighting is one (content, rule, bucket and key)
 * and a separate item. Its alert is owed only if the item does not exist yet: of any number of
 * workers, one writes it. Owed alerts are found by a time index and read from the table, so that an
 * alert that was just marked is not sent again. One that was just written may be found a moment
 * later.
 */
export function createDynamoMatchStore(table: Table): MatchStore {
  return {
    record: (candidates) => recordMatches(table, candidates),
    async pendingAlerts({ limit }) {
      const partitions = Array.from({ length: pendingShards }, (_, shard) => pendingInTime(shard));
      const items = await inOrder(table, await inTime(table, partitions, limit));
      return items
        .map(parseAlert)
        .filter(({ isOwed }) => isOwed)
        .map(({ alert }) => alert);
    },
    async markSent(alertIds) {
      const ids = [...new Set(alertIds)];
      for (let at = 0; at < ids.length; at += marksPerWrite) await markSome(table, ids.slice(at, at + marksPerWrite));
    },
    list: (options) => listMatches(table, options),
    async matchedObjects({ sha256, ruleId, limit, at }) {
      const match = (await readContentMatches(table, sha256)).ofRule(ruleId);
      if (match === null) return [];
      if (at !== undefined) {
        // After a takeover, objects keep their slots: a key is in one of the slots.
        const keys = slotsOf(match).map((slot) => placeKey(sha256, slot, at));
        return (await inOrder(table, keys)).slice(0, limit).map(matchedObjectOf);
      }
      const places = slotsOf(match).map((slot) => placesPartition(sha256, slot));
      return (await inOrder(table, await inTime(table, places, limit))).map(matchedObjectOf);
    },
  };
}

async function markSome(table: Table, alertIds: readonly string[]): Promise<void> {
  await untilWritten(table.name, async () => {
    const actions: Transaction['actions'][number][] = [];
    for (const item of await table.getAll(alertIds.map(alertKey))) {
      const { alert, place, isFirst, isOwed } = parseAlert(item);
      if (!isOwed) continue;
      const key = alertKey(alert.id);
      // The text stays if a match needs it.
      actions.push(isFirst ? { update: key, expression: 'REMOVE timeKey, timeAt' } : { remove: key });
      actions.push({ update: place, expression: 'SET alertState = :sent', values: { ':sent': 'sent' } });
    }
    return actions.length === 0 || (await table.write(actions)) ? { done: undefined } : undefined;
  });
}

/** The items of these keys, in their order, without missing ones. */
async function inOrder(table: Table, keys: readonly ItemKey[]): Promise<readonly Item[]> {
  const items = new Map<string, Item>();
  for (const item of await table.getAll(keys)) items.set(`${String(item['pk'])} ${String(item['sk'])}`, item);
  return keys.map(({ pk, sk }) => items.get(`${pk} ${sk}`)).filter((item) => item !== undefined);
}
