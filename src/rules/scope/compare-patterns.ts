import { type ByteSet, isSubset } from './byte-set.ts';
import { type Gap, mergeGaps, type PatternMeaning, type Variant } from './pattern-meaning.ts';
import type { Work } from './work.ts';

/**
 * The certain relation of two patterns over the same data, `one` against `other`. `same`: they
 * match the same. `count`: `other` has at least as many matches. `presence`: if `one` matches at
 * all, so does `other`. `none`: unknown.
 */
export type PatternFit = 'same' | 'count' | 'presence' | 'none';

/** Bytes compared per unit of work. */
const bytesPerUnit = 8;

/** Position of `other` within `one`: at its start, elsewhere, or not at all. */
type Found = 'front' | 'inside' | 'not';

/** @throws WorkSpent */
export function comparePatterns(one: PatternMeaning, other: PatternMeaning, work: Work): PatternFit {
  if (one.key === other.key) return 'same';
  const free = new Set(other.variants);
  const found = one.variants.map((variant): Found => {
    // Each has its own partner if possible: then two matches of one are never a single match of the
    // other.
    const choices = [...free, ...other.variants.filter((each) => !free.has(each))];
    for (const where of ['front', 'inside'] as const) {
      const partner = choices.find((each) => find(variant, each, work) === where);
      if (partner === undefined) continue;
      const isShared = !free.delete(partner);
      return isShared ? 'inside' : where;
    }
    return 'not';
  });
  if (found.includes('not')) return 'none';
  return found.length === 1 || found.every((each) => each === 'front') ? 'count' : 'presence';
}

function find(one: Variant, other: Variant, work: Work): Found {
  if (other.fullword && !(one.fullword && one.wide === other.wide)) return 'not';
  if (one.kind === 'opaque') return other.kind === 'opaque' && one.key === other.key ? 'front' : 'not';
  if (other.kind === 'opaque') return 'not';
  if (one.kind === 'gapped' || other.kind === 'gapped') {
    work.take((lengthOf(one) + lengthOf(other)) / bytesPerUnit);
    return areWithin(partsOf(one), partsOf(other)) ? 'front' : 'not';
  }
  const [lowest, highest] = other.xor;
  if (one.xor[0] < lowest || one.xor[1] > highest) return 'not';
  // Word boundaries are searched in the data changed by the key: only equal keys see equal words.
  if (other.fullword && (one.xor[0] !== lowest || one.xor[1] !== highest)) return 'not';
  if (other.fullword && one.bytes.length !== other.bytes.length) return 'not';
  const slack = one.bytes.length - other.bytes.length;
  for (let shift = 0; shift <= slack; shift += 1) {
    const differs = other.bytes.findIndex((set, index) => !isSubset(one.bytes[shift + index] ?? 0n, set));
    work.take((differs < 0 ? other.bytes.length : differs + 1) / bytesPerUnit);
    if (differs < 0) return shift === 0 ? 'front' : 'inside';
  }
  return 'not';
}

function lengthOf(variant: Exclude<Variant, { kind: 'opaque' }>): number {
  return variant.kind === 'gapped' ? variant.parts.length : variant.bytes.length;
}

/** Null if a key changes the bytes. */
function partsOf(variant: Exclude<Variant, { kind: 'opaque' }>): readonly (ByteSet | Gap)[] | null {
  if (variant.kind === 'gapped') return mergeGaps(variant.parts);
  return variant.xor[1] === 0 ? mergeGaps(variant.bytes) : null;
}

/** Whether each part accepts no more than the one in its place. */
function areWithin(one: readonly (ByteSet | Gap)[] | null, other: readonly (ByteSet | Gap)[] | null): boolean {
  if (one === null || other === null || one.length !== other.length) return false;
  return one.every((part, index) => {
    const whole = other[index];
    if (typeof part === 'bigint') return typeof whole === 'bigint' && isSubset(part, whole);
    return typeof whole === 'object' && whole.from <= part.from && part.to <= whole.to;
  });
}
