import type { Alert } from '../../../domain/alerts/alert.ts';
import type { MatchCandidate } from '../../../ports/match-store.ts';
import { readContentMatches } from './content-matches.ts';
import { alertItem, objectShards, objectsKey, packAlert, placeItem, placeKey, slotsOf } from './match-items.ts';
import { type ItemKey, maxActions, type Table, type Transaction, untilWritten } from './table.ts';

/** Maximum per transaction: each candidate has up to four writes. */
const candidatesPerWrite = 15;
/** Limit of a transaction: 4 MB. */
const bytesPerWrite = 3_000_000;

/** A candidate, and the stored text of its alert. */
interface Packed {
  readonly candidate: MatchCandidate;
  readonly text: Uint8Array;
}

type Owed = ReadonlyMap<MatchCandidate, Alert>;

/** Records candidates, and returns the alerts that they owe, in the order of the candidates. */
export async function recordMatches(table: Table, candidates: readonly MatchCandidate[]): Promise<readonly Alert[]> {
  const byContent = new Map<string, Packed[]>();
  for (const candidate of candidates) {
    const { sha256 } = candidate.alert.file;
    const packed = byContent.get(sha256) ?? [];
    packed.push({ candidate, text: await packAlert(candidate.alert) });
    byContent.set(sha256, packed);
  }
  const owed = new Map<MatchCandidate, Alert>();
  for (const [sha256, all] of byContent) {
    for (let left: readonly Packed[] = all; left.length > 0; ) {
      const some = firstFew(left);
      for (const [candidate, alert] of await recordSome(table, sha256, some)) owed.set(candidate, alert);
      left = left.slice(some.length);
    }
  }
  return candidates.flatMap((candidate) => owed.get(candidate) ?? []);
}

function firstFew(all: readonly Packed[]): readonly Packed[] {
  let bytes = 0;
  const end = all.findIndex(({ text }, index) => {
    bytes += text.length;
    return index > 0 && (index >= candidatesPerWrite || bytes > bytesPerWrite);
  });
  return end === -1 ? all : all.slice(0, end);
}

/** All or none: based on what was read, and read again if another writer intervened. */
async function recordSome(table: Table, sha256: string, some: readonly Packed[]): Promise<Owed> {
  return untilWritten<Owed>(table.name, async () => {
    const { actions, owed } = await decide(table, sha256, some);
    if (actions.length === 0) return { done: owed };
    if (actions.length > maxActions && some.length > 1) {
      const half = some.length >> 1;
      const first = await recordSome(table, sha256, some.slice(0, half));
      return { done: new Map([...first, ...(await recordSome(table, sha256, some.slice(half)))]) };
    }
    return (await table.write(actions)) ? { done: owed } : undefined;
  });
}

async function decide(
  table: Table,
  sha256: string,
  some: readonly Packed[],
): Promise<{ readonly actions: Transaction['actions']; readonly owed: Owed }> {
  const content = await readContentMatches(table, sha256);
  const claimed = some.map((packed) => ({ ...packed, slot: content.claim(packed.candidate).slot }));
  const placeOf =
    ({ alert }: MatchCandidate) =>
    (each: string) =>
      placeKey(sha256, each, alert.object);
  const placesOf = (slot: string, candidate: MatchCandidate) => slotsOf(content.at(slot)).map(placeOf(candidate));
  // An object is written together with its match or after it: without a match, no object needs
  // reading.
  const places = await table.getAll(
    claimed.flatMap(({ slot, candidate }) =>
      slotsOf(content.at(slot)).filter(content.wasThere).map(placeOf(candidate)),
    ),
  );
  const known = new Set(places.map(({ pk, sk }) => placeId({ pk: String(pk), sk: String(sk) })));

  const actions: Transaction['actions'][number][] = [];
  const owed = new Map<MatchCandidate, Alert>();
  const added = new Map<string, number>();
  for (const { candidate, text, slot } of claimed) {
    const { alert, isStaged } = candidate;
    if (placesOf(slot, candidate).some((place) => known.has(placeId(place)))) continue;
    known.add(placeId(placeKey(sha256, slot, alert.object)));
    const isFirst = content.isBegunBy(slot, candidate);
    content.setStaged(slot, isStaged);
    actions.push({ put: placeItem(candidate, slot), condition: 'attribute_not_exists(pk)' });
    added.set(slot, (added.get(slot) ?? 0) + 1);
    if (isFirst || !isStaged) actions.push({ put: alertItem(candidate, { slot, text, isFirst }) });
    if (!isStaged) owed.set(candidate, { ...alert, reason: isFirst ? 'new_match' : 'new_object' });
  }
  // A transaction can write an item only once.
  for (const [slot, count] of added) {
    actions.push({
      update: objectsKey(sha256, slot, Math.floor(Math.random() * objectShards)),
      expression: 'ADD objects :count',
      values: { ':count': count },
    });
  }
  return { actions: [...actions, ...content.writes()], owed };
}

function placeId({ pk, sk }: ItemKey): string {
  return `${pk} ${sk}`;
}
