import { mayBeTrue } from '../rules/requirement/facts.ts';
import type { Requirement } from '../rules/requirement/requirement.ts';
import { windowsOf } from '../rules/requirement/run-windows.ts';
import { firstBit, secondBit } from './gram-hash.ts';
import type { SegmentGroup } from './segment.ts';
import type { SegmentReader } from './segment-reader.ts';

/** Windows of one run that are looked up: more hardly narrow further. */
const maxWindows = 24;

/** A bit for each content of a group. */
type Columns = Uint8Array;

/**
 * Returns for each requirement which objects of a segment may have it: 1, or 0 if neither the object
 * nor a member of it can.
 * @throws Error if the segment cannot be read, or is damaged: then every object may
 */
export async function querySegment(
  segment: SegmentReader,
  requirements: readonly Requirement[],
): Promise<readonly Uint8Array[]> {
  const found = requirements.map(() => new Uint8Array(segment.objects.length));
  for (const group of segment.groups) {
    const evaluate = createGroupQuery(segment, group);
    for (const [index, requirement] of requirements.entries()) {
      const columns = await evaluate(requirement);
      for (let column = 0; column < group.columns; column += 1) {
        const owner = segment.owners[group.firstColumn + column];
        if (hasColumn(columns, column) && owner !== undefined) (found[index] ?? new Uint8Array())[owner] = 1;
      }
    }
  }
  return found;
}

function createGroupQuery(segment: SegmentReader, group: SegmentGroup): (requirement: Requirement) => Promise<Columns> {
  const length = Math.ceil(group.columns / 8);
  const known = new Map<Requirement, Columns>();
  const rows = new Map<number, Columns>();
  const filled = (value: number): Columns => new Uint8Array(length).fill(value);

  const evaluate = async (requirement: Requirement): Promise<Columns> => {
    const found = known.get(requirement) ?? (await evaluateOne(requirement));
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
  const evaluateFact = ({ test }: Extract<Requirement, { kind: 'fact' }>, within: Columns): Columns => {
    const columns = filled(0);
    for (let column = 0; column < group.columns; column += 1) {
      if (!hasColumn(within, column)) continue;
      if (mayBeTrue(test, segment.factsOf(group.firstColumn + column))) setColumn(columns, column);
    }
    return columns;
  };

  const evaluateRun = async ({ bytes }: Extract<Requirement, { kind: 'run' }>): Promise<Columns> => {
    const columns = filled(0xff);
    for (const grams of windowsOf(bytes, maxWindows)) {
      const some = filled(0);
      for (const gram of grams) {
        const first = await rowOf(firstBit(gram, group.size));
        if (isEmpty(first, columns)) continue;
        const second = await rowOf(secondBit(gram, group.size));
        for (let index = 0; index < length; index += 1) {
          some[index] = (some[index] ?? 0) | ((first[index] ?? 0xff) & (second[index] ?? 0xff));
        }
      }
      for (let index = 0; index < length; index += 1) columns[index] = (columns[index] ?? 0) & (some[index] ?? 0);
      if (isEmpty(columns)) break;
    }
    return columns;
  };

  const evaluateGate = async ({ atLeast, of }: Extract<Requirement, { kind: 'gate' }>): Promise<Columns> => {
    if (atLeast <= 0) return filled(0xff);
    if (atLeast > of.length) return filled(0);
    // Facts need no reading.
    const parts = of.toSorted((a, b) => order[a.kind] - order[b.kind]);
    if (atLeast === of.length) {
      const all = filled(0xff);
      for (const part of parts) {
        const columns = part.kind === 'fact' ? evaluateFact(part, all) : await evaluate(part);
        for (let index = 0; index < length; index += 1) all[index] = (all[index] ?? 0) & (columns[index] ?? 0xff);
        if (isEmpty(all)) break;
      }
      return all;
    }
    const counts = new Uint32Array(length * 8);
    for (const part of parts) {
      const columns = await evaluate(part);
      for (let column = 0; column < counts.length; column += 1) {
        if (hasColumn(columns, column)) counts[column] = (counts[column] ?? 0) + 1;
      }
    }
    const enough = filled(0);
    for (const [column, count] of counts.entries()) if (count >= atLeast) setColumn(enough, column);
    return enough;
  };

  const rowOf = async (bit: number): Promise<Columns> => {
    const row = rows.get(bit) ?? (await segment.row(group, bit));
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

function isEmpty(columns: Columns, within: Columns = columns): boolean {
  return columns.every((value, index) => (value & (within[index] ?? 0xff)) === 0);
}
