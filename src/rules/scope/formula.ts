import { createHash } from 'node:crypto';
import type { PatternMeaning } from './pattern-meaning.ts';

/**
 * The requirement of a condition on a value that is true, false or undefined: to be true, to be
 * false, or not to be one of the two. `not` of an undefined value is undefined, so "not true" and
 * "false" differ.
 */
export type Sign = 'true' | 'false' | 'not true' | 'not false';

/** A query about the data. `total`: its value is never undefined. */
export type Leaf =
  | {
      readonly kind: 'pattern';
      readonly key: string;
      readonly total: boolean;
      readonly pattern: PatternMeaning;
      /** Matches; 1 or more. */
      readonly atLeast: bigint;
      /** Required position; empty: anywhere. */
      readonly where: string;
    }
  | { readonly kind: 'filesize'; readonly key: string; readonly total: true; readonly atLeast: bigint }
  /** Any query described by the text of the key; equal keys have equal values. */
  | { readonly kind: 'opaque'; readonly key: string; readonly total: false };

/**
 * Either a leaf with a value, or a minimum number of formulas that must be true. Only leaves are
 * negated.
 */
export type Formula =
  | { readonly kind: 'literal'; readonly key: string; readonly leaf: Leaf; readonly sign: Sign }
  | {
      readonly kind: 'gate';
      /** Equal for formulas with the same text, in any order. */
      readonly key: string;
      readonly atLeast: number;
      readonly of: readonly Formula[];
      /** Keys of `of`. */
      readonly keys: ReadonlySet<string>;
    };

/** Is always true. */
export const always: Formula = { kind: 'gate', key: 'always', atLeast: 0, of: [], keys: new Set() };
/** Is never true. */
export const never: Formula = { kind: 'gate', key: 'never', atLeast: 1, of: [], keys: new Set() };

/** Is true if at least this many are. */
export function gate(atLeast: number, of: readonly Formula[]): Formula {
  if (atLeast <= 0) return always;
  if (atLeast > of.length) return never;
  const [only] = of;
  if (of.length === 1 && only !== undefined) return only;
  const keys = of.map(({ key }) => key);
  return { kind: 'gate', key: digest([atLeast, ...keys.toSorted()]), atLeast, of, keys: new Set(keys) };
}

export function literal(leaf: Leaf, sign: Sign): Formula {
  const known = leaf.total ? (isPositive(sign) ? 'true' : 'not true') : sign;
  return { kind: 'literal', key: `${known} ${leaf.key}`, leaf, sign: known };
}

/** Returns the formula of a constant. */
export function constant(value: boolean, sign: Sign): Formula {
  return value === isPositive(sign) ? always : never;
}

/** Whether the sign is satisfied by a true value. */
export function isPositive(sign: Sign): boolean {
  return sign === 'true' || sign === 'not false';
}

const opposites: Readonly<Record<Sign, Sign>> = {
  true: 'false',
  false: 'true',
  'not true': 'not false',
  'not false': 'not true',
};

/** Returns the sign required of a value for a sign of its `not`. */
export function opposite(sign: Sign): Sign {
  return opposites[sign];
}

/** Returns a short name for text of any length. */
export function digest(words: unknown): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
}
