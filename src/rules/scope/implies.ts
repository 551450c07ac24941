import { comparePatterns } from './compare-patterns.ts';
import type { Formula, Leaf } from './formula.ts';
import { createWork, type Work, WorkSpent } from './work.ts';

/** Work limit per query; beyond it, the result is uncertain. */
const maxWork = 50_000;
/** Parts of formulas looked up per unit of work. */
const partsPerUnit = 8;
/** Number of cached results. */
const maxKnown = 100_000;
/** Maximum nesting of formulas. */
const maxDepth = 400;

/**
 * Creates the query whether, for all data, one formula is true whenever the other is. It returns
 * true only if this is certain. Results are cached for further queries.
 * @param total work limit for all queries
 */
export function createImplication(total: Work): (from: Formula, to: Formula) => boolean {
  const known = new Map<string, boolean>();
  let work = total;

  const implies = (from: Formula, to: Formula, depth: number): boolean => {
    work.take(1);
    if (from.key === to.key || from.key === 'never' || to.key === 'always') return true;
    if (depth > maxDepth) return false;
    const question = `${from.key} ${to.key}`;
    const answer = known.get(question);
    if (answer !== undefined) return answer;
    const found =
      from.kind === 'literal' && to.kind === 'literal'
        ? literalImplies(from, to, work)
        : pairs(from, to, depth + 1) || byCases(from, to, depth + 1) || byParts(from, to, depth + 1);
    known.set(question, found);
    return found;
  };

  /**
   * Each part of `from` that has its own partner in `to` leaves one less that may be true without
   * it.
   */
  const pairs = (from: Formula, to: Formula, depth: number): boolean => {
    if (from.kind !== 'gate' || to.kind !== 'gate') return false;
    const needed = to.atLeast + from.of.length - from.atLeast;
    if (needed > Math.min(from.of.length, to.of.length)) return false;
    work.take((from.of.length + to.of.length) / partsPerUnit);
    const free = Map.groupBy(to.of, ({ key }) => key);
    const unpaired = from.of.filter(({ key }) => free.get(key)?.pop() === undefined);
    const rest = new Set([...free.values()].flat());
    let paired = from.of.length - unpaired.length;
    for (const each of unpaired) {
      if (paired >= needed) return true;
      const partner = findIn(rest, (candidate) => implies(each, candidate, depth));
      if (partner === undefined) continue;
      rest.delete(partner);
      paired += 1;
    }
    return paired >= needed;
  };

  /** If at least k of n are true, so is one of any n - k + 1. */
  const byCases = (from: Formula, to: Formula, depth: number): boolean =>
    from.kind === 'gate' && holdFor(from.of, from.of.length - from.atLeast + 1, (each) => implies(each, to, depth));

  const byParts = (from: Formula, to: Formula, depth: number): boolean =>
    to.kind === 'gate' &&
    ((to.atLeast === 1 && to.keys.has(from.key)) || holdFor(to.of, to.atLeast, (each) => implies(from, each, depth)));

  return (from, to) => {
    if (known.size > maxKnown) known.clear();
    work = createWork(maxWork, total);
    try {
      return implies(from, to, 0);
    } catch (error) {
      if (!(error instanceof WorkSpent)) throw error;
      return false;
    }
  };
}

/** Like `find` of an array, without a copy: thousands of parts have millions of pairs. */
function findIn<T>(all: Iterable<T>, holds: (each: T) => boolean): T | undefined {
  for (const each of all) if (holds(each)) return each;
  return undefined;
}

/** Whether it is true for this many of them. */
function holdFor(all: readonly Formula[], needed: number, holds: (each: Formula) => boolean): boolean {
  let left = all.length;
  let missing = needed;
  for (const each of all) {
    if (missing <= 0 || missing > left) break;
    if (holds(each)) missing -= 1;
    left -= 1;
  }
  return missing <= 0;
}

type Literal = Extract<Formula, { kind: 'literal' }>;

function literalImplies(from: Literal, to: Literal, work: Work): boolean {
  const [one, other] = [from.leaf, to.leaf];
  switch (`${from.sign} / ${to.sign}` as const) {
    case 'true / true':
    case 'true / not false':
      return leafImplies(one, other, work);
    case 'not true / not true':
    case 'false / not true':
      return leafImplies(other, one, work);
    case 'false / false':
      return leafImplies(other, one, work) && areDefinedTogether(one, other);
    case 'not false / not false':
      return leafImplies(one, other, work) && areDefinedTogether(one, other);
    default:
      return false;
  }
}

/** Whether the other is true whenever the one is. */
function leafImplies(one: Leaf, other: Leaf, work: Work): boolean {
  if (one.key === other.key) return true;
  if (one.kind === 'filesize' && other.kind === 'filesize') return one.atLeast >= other.atLeast;
  if (one.kind !== 'pattern' || other.kind !== 'pattern' || one.atLeast < other.atLeast) return false;
  const fit = comparePatterns(one.pattern, other.pattern, work);
  // The engine keeps a limited number of matches per pattern, so one that matches more may lose a
  // later one.
  if (other.where !== '') return other.where === one.where && fit === 'same';
  return fit === 'same' || fit === 'count' || (fit === 'presence' && other.atLeast === 1n);
}

function areDefinedTogether(one: Leaf, other: Leaf): boolean {
  if (one.key === other.key || (one.total && other.total)) return true;
  return one.kind === 'pattern' && other.kind === 'pattern' && one.where === other.where;
}
