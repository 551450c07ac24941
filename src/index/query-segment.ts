import { type Facts, mayBeTrue } from '../rules/requirement/facts.ts';
import type { Requirement } from '../rules/requirement/requirement.ts';
import { windowsOf } from '../rules/requirement/run-windows.ts';
import { firstBit, secondBit } from './gram-hash.ts';
import type { SegmentGroup } from './segment.ts';
import type { SegmentReader } from './segment-reader.ts';

/** Windows of one run that are looked up: more hardly narrow further. */
const maxWindows = 24;

/** A bit for each content of a group. */
type Columns = Uint8Array;

type FactRequirement = Extract<Requirement, { kind: 'fact' }>;

/**
 * Returns for each requirement which objects of a segment may have it: 1, or 0 if neither the object
 * nor a member of it can. The groups of the segment are read at once, and so are the parts of a gate
 * that all have to be known.
 * @throws Error if the segment cannot be read, or is damaged: then every object may
 */
export async function querySegment(
  segment: SegmentReader,
  requirements: readonly Requirement[],
): Promise<readonly Uint8Array[]> {
  const found = requirements.map(() => new Uint8Array(segment.count));
  const tests = new Set<FactRequirement['test']['kind']>();
  const seen = new Set<Requirement>();
  for (const each of requirements) addTests(each, tests, seen);
  const [owners, factsOf] = await Promise.all([
    segment.owners(),
    tests.size === 0 ? null : segment.facts({ hashes: tests.has('hash') }),
  ]);
  const queryGroup = async (group: SegmentGroup): Promise<void> => {
    const evaluate = createGroupQuery(segment, group, factsOf);
    for (const [index, requirement] of requirements.entries()) {
      const flags = found[index];
      if (flags !== undefined) addOwners(flags, await evaluate(requirement), group, owners);
    }
  };
  await Promise.all(segment.groups.map(queryGroup));
  return found;
}

/** Adds the kinds of the tests of a requirement. */
function addTests(requirement: Requirement, tests: Set<FactRequirement['test']['kind']>, seen: Set<Requirement>): void {
  if (seen.has(requirement)) return;
  seen.add(requirement);
  if (requirement.kind === 'fact') tests.add(requirement.test.kind);
  else if (requirement.kind === 'gate') for (const each of requirement.of) addTests(each, tests, seen);
}

/** Sets the flags of the objects that have one of these columns. */
function addOwners(flags: Uint8Array, columns: Columns, group: SegmentGroup, owners: Uint32Array): void {
  for (const [index, byte] of columns.entries()) {
    if (byte === 0) continue;
    for (let column = index * 8; column < Math.min(index * 8 + 8, group.columns); column += 1) {
      const owner = owners[group.firstColumn + column];
      if (owner !== undefined && hasColumn(columns, column)) flags[owner] = 1;
    }
  }
}

function createGroupQuery(
  segment: SegmentReader,
  group: SegmentGroup,
  factsOf: ((column: number) => Facts) | null,
): (requirement: Requirement) => Promise<Columns> {
  const length = Math.ceil(group.columns / 8);
  const known = new Map<Requirement, Promise<Columns>>();
  const rows = new Map<number, Promise<Columns>>();
  const filled = (value: number): Columns => new Uint8Array(length).fill(value);

  const evaluate = (requirement: Requirement): Promise<Columns> => {
    const found = known.get(requirement) ?? evaluateOne(requirement);
    known.set(requirement, found);
    return found;
  };

  const evaluateOne = async (requirement: Requirement): Promise<Columns> => {
    switch (requirement.kind) {
      case 'open':
        return filled(0xff);
      case 'fact':
        return evaluateFact(requirement, filled(0xff));
      case 'run':
        return evaluateRun(requirement);
      case 'gate':
        return evaluateGate(requirement);
    }
  };

  /** Only of these columns: the facts of many are slow to look at. */
  const evaluateFact = ({ test }: FactRequirement, within: Columns): Columns => {
    if (factsOf === null) return within;
    const columns = filled(0);
    for (let column = 0; column < group.columns; column += 1) {
      if (!hasColumn(within, column)) continue;
      if (mayBeTrue(test, factsOf(group.firstColumn + column))) setColumn(columns, column);
    }
    return columns;
  };

  const evaluateRun = async ({ bytes }: Extract<Requirement, { kind: 'run' }>): Promise<Columns> => {
    const columns = filled(0xff);
    for (const grams of windowsOf(bytes, maxWindows)) {
      const some = filled(0);
      const pairs = grams.map(async (gram) => {
        const first = await rowOf(firstBit(gram, group.size));
        if (!intersect(first, columns)) return;
        addBoth(some, first, await rowOf(secondBit(gram, group.size)));
      });
      await Promise.all(pairs);
      keepBoth(columns, some);
      if (isEmpty(columns)) break;
    }
    return columns;
  };

  const evaluateGate = async ({ atLeast, of }: Extract<Requirement, { kind: 'gate' }>): Promise<Columns> => {
    if (atLeast <= 0) return filled(0xff);
    if (atLeast > of.length) return filled(0);
    if (atLeast === of.length) {
      const all = filled(0xff);
      // Facts need no reading.
      for (const part of of.toSorted((a, b) => order[a.kind] - order[b.kind])) {
        keepBoth(all, part.kind === 'fact' ? evaluateFact(part, all) : await evaluate(part));
        if (isEmpty(all)) break;
      }
      return all;
    }
    const parts = await Promise.all(of.map(evaluate));
    const enough = filled(0);
    if (atLeast === 1) {
      for (const columns of parts) addBoth(enough, columns, columns);
      return enough;
    }
    const counts = new Uint32Array(length * 8);
    for (const columns of parts) {
      for (let column = 0; column < counts.length; column += 1) {
        if (hasColumn(columns, column)) counts[column] = (counts[column] ?? 0) + 1;
      }
    }
    for (const [column, count] of counts.entries()) if (count >= atLeast) setColumn(enough, column);
    return enough;
  };

  const rowOf = (bit: number): Promise<Columns> => {
    const row = rows.get(bit) ?? segment.row(group, bit);
    rows.set(bit, row);
    return row;
  };

  return evaluate;
}

/** In this order the parts of a gate are looked up. */
const order = { open: 0, fact: 0, run: 1, gate: 2 } as const;

function hasColumn(columns: Columns, column: number): boolean {
  return (((columns[column >>> 3] ?? 0xff) >>> (column & 7)) & 1) === 1;
}

function setColumn(columns: Columns, column: number): void {
  columns[column >>> 3] = (columns[column >>> 3] ?? 0) | (1 << (column & 7));
}

function isEmpty(columns: Columns): boolean {
  return !intersect(columns, columns);
}

function intersect(one: Columns, other: Columns): boolean {
  for (let index = 0; index < one.length; index += 1)
    if (((one[index] ?? 0) & (other[index] ?? 0xff)) !== 0) return true;
  return false;
}

/** Adds the columns that are in both others. */
function addBoth(columns: Columns, one: Columns, other: Columns): void {
  for (let index = 0; index < columns.length; index += 1)
    columns[index] = (columns[index] ?? 0) | ((one[index] ?? 0xff) & (other[index] ?? 0xff));
}

/** Keeps the columns that are in the other, too. */
function keepBoth(columns: Columns, other: Columns): void {
  for (let index = 0; index < columns.length; index += 1)
    columns[index] = (columns[index] ?? 0) & (other[index] ?? 0xff);
}
