import * as z from 'zod';
import type { MatchFilter, MatchStore, StoredMatch } from '../../../ports/match-store.ts';
import {
  alertKey,
  contentPartition,
  isTakenOver,
  type MatchItem,
  matchesInTime,
  matchKey,
  matchShards,
  objectShards,
  objectsKey,
  parseAlert,
  parseMatch,
  slotsOf,
} from './match-items.ts';
import { mergeStreams, takeFirst } from './merge-streams.ts';
import type { Item, Table } from './table.ts';
import { ruleIndex, scanIndex, type TableIndex, timeIndex } from './tables.ts';

type MatchPage = Awaited<ReturnType<MatchStore['list']>>;
const objectsRow = z.object({ objects: z.number() });
/** Below and above all times. */
const [earliest, latest] = ['0', '~'];

interface Found {
  readonly pk: string;
  readonly sk: string;
  /** Position in the listing. */
  readonly at: string;
}

/** Lists newest first, using the index that needs the least filtering. */
export async function listMatches(
  table: Table,
  { filter, limit, after }: Parameters<MatchStore['list']>[0],
): Promise<MatchPage> {
  const found = findNewestFirst(table, filter, { limit, from: filter.since ?? earliest, to: after ?? latest });
  const matches: StoredMatch[] = [];
  for (;;) {
    const keys = await takeSome(found, limit - matches.length);
    const items = new Map(
      (await table.getAll(keys)).map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]),
    );
    const page = keys.flatMap(({ pk, sk, at }) => {
      const item = items.get(`${pk} ${sk}`);
      const match = item === undefined ? null : parseMatch(item);
      return match !== null && passes(match, filter) ? [{ match, at }] : [];
    });
    matches.push(
      ...(await withAlerts(
        table,
        page.map(({ match }) => match),
      )),
    );
    const last = page.at(-1);
    if (matches.length >= limit && last !== undefined) return { matches, next: last.at };
    if (keys.length === 0) return { matches, next: null };
  }
}

async function takeSome(found: AsyncGenerator<Found>, count: number): Promise<readonly Found[]> {
  const taken: Found[] = [];
  // Not with "for await": that would end the stream.
  while (taken.length < count) {
    const next = await found.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

interface Range {
  readonly limit: number;
  /** Inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
}

async function* findNewestFirst(table: Table, filter: MatchFilter, range: Range): AsyncGenerator<Found> {
  const { sha256, ruleId, ruleName, scanId } = filter;
  const name = ruleName ?? ruleId?.slice(ruleId.lastIndexOf(':') + 1);
  if (sha256 !== undefined) yield* ofContent(table, sha256, range);
  else if (name !== undefined) yield* inIndex(table, ruleIndex, name, range);
  else if (scanId !== undefined) yield* inIndex(table, scanIndex, scanId, range);
  else {
    const shards = Array.from({ length: matchShards }, (_, shard) => matchesInTime(shard));
    const streams = shards.map((shard) => inIndex(table, timeIndex, shard, range));
    yield* mergeStreams(streams, (a, b) => a.at > b.at);
  }
}

async function* inIndex(table: Table, index: TableIndex, partition: string, range: Range): AsyncGenerator<Found> {
  const items = table.query({
    IndexName: index.name,
    KeyConditionExpression: '#pk = :pk AND #at BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#pk': index.partitionKey, '#at': index.sortKey },
    ExpressionAttributeValues: { ':pk': partition, ':from': range.from, ':to': range.to },
    ScanIndexForward: false,
    Limit: range.limit,
  });
  for await (const item of items) {
    const at = String(item[index.sortKey]);
    if (at < range.to) yield { pk: String(item['pk']), sk: String(item['sk']), at };
  }
}

async function* ofContent(table: Table, sha256: string, { from, to }: Range): AsyncGenerator<Found> {
  const items = table.query({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': contentPartition(sha256) },
    ConsistentRead: true,
  });
  const found: Found[] = [];
  for await (const item of items) {
    const match = parseMatch(item);
    const at = String(item['matchAt'] ?? '');
    if (!isTakenOver(match) && at >= from && at < to) found.push({ ...matchKey(sha256, match.slot), at });
  }
  yield* found.sort((a, b) => (a.at > b.at ? -1 : 1));
}

function passes(match: MatchItem, { ruleId, ruleName, sha256, scanId, since }: MatchFilter): boolean {
  return (
    !isTakenOver(match) &&
    (ruleId === undefined || match.ruleId === ruleId) &&
    (ruleName === undefined || match.ruleName === ruleName) &&
    (sha256 === undefined || match.sha256 === sha256) &&
    (scanId === undefined || match.scanId === scanId) &&
    (since === undefined || match.firstSeenAt >= since)
  );
}

async function withAlerts(table: Table, matches: readonly MatchItem[]): Promise<readonly StoredMatch[]> {
  const shards = Array.from({ length: objectShards }, (_, shard) => shard);
  const [alerts, objects] = await Promise.all([
    table.getAll(matches.map(({ alertId }) => alertKey(alertId))),
    table.getAll(
      matches.flatMap((match) =>
        slotsOf(match).flatMap((slot) => shards.map((shard) => objectsKey(match.sha256, slot, shard))),
      ),
    ),
  ]);
  const alertOf = new Map<unknown, Item>(alerts.map((item) => [item['pk'], item]));
  const countOf = new Map<unknown, number>();
  for (const item of objects) {
    countOf.set(item['pk'], (countOf.get(item['pk']) ?? 0) + objectsRow.parse(item).objects);
  }
  return matches.map((match): StoredMatch => {
    const item = alertOf.get(alertKey(match.alertId).pk);
    if (item === undefined) throw new Error(`The table ${table.name} has no alert ${match.alertId}.`);
    const { sha256, ruleId, firstSeenAt, lastSeenAt, silent: isStaged } = match;
    return {
      ...{ sha256, ruleId, firstSeenAt, lastSeenAt, isStaged },
      logicHash: match.logics.at(-1) ?? '',
      objects: slotsOf(match).reduce((sum, slot) => sum + (countOf.get(objectsKey(sha256, slot, 0).pk) ?? 0), 0),
      alert: parseAlert(item).alert,
    };
  });
}

/** The first entry of a stream in a time index. */
export async function inTime(
  table: Table,
  partitions: readonly string[],
  limit: number,
): Promise<readonly { readonly pk: string; readonly sk: string }[]> {
  const streams = partitions.map((partition) =>
    table.query({
      IndexName: timeIndex.name,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': timeIndex.partitionKey },
      ExpressionAttributeValues: { ':pk': partition },
      Limit: limit,
    }),
  );
  const merged = mergeStreams(streams, (a, b) => String(a[timeIndex.sortKey]) < String(b[timeIndex.sortKey]));
  const items = await takeFirst(merged, limit);
  return items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
}
