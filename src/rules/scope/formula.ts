import { createHash } from 'node:crypto';
import type { PatternMeaning } from './pattern-meaning.ts';

/**
 * What a condition asks of a value that is true, false or undefined: that it is true, that it is false, or that it is not the one or the
 * other. `not` of an undefined value is undefined, so "not true" and "false" are two things.
 */
export type Sign = 'true' | 'false' | 'not true' | 'not false';

/** A question that is asked of the data. `total`: it is never undefined. */
export type Leaf =
  | {
      readonly kind: 'pattern';
      readonly key: string;
      readonly total: boolean;
      readonly pattern: PatternMeaning;
      /** Matches; 1 or more. */
      readonly atLeast: bigint;
      /** Where they are to be; empty: anywhere. */
      readonly where: string;
    }
  | { readonly kind: 'filesize'; readonly key: string; readonly total: true; readonly atLeast: bigint }
  /** Whatever the words of the key ask; two with one key have one answer. */
  | { readonly kind: 'opaque'; readonly key: string; readonly total: false };

/** That a leaf has a value, or that at least so many of the formulas hold. Negation is in the leaves alone. */
export type Formula =
  | { readonly kind: 'literal'; readonly key: string; readonly leaf: Leaf; readonly sign: Sign }
  | {
      readonly kind: 'gate';
      /** Equal for formulas that say the same in the same words, in whatever order. */
      readonly key: string;
      readonly atLeast: number;
      readonly of: readonly Formula[];
      /** Keys of `of`. */
      readonly keys: ReadonlySet<string>;
    };

/** Holds always. */
export const always: Formula = { kind: 'gate', key: 'always', atLeast: 0, of: [], keys: new Set() };
/** Holds never. */
export const never: Formula = { kind: 'gate', key: 'never', atLeast: 1, of: [], keys: new Set() };

/** Holds where at least so many do. */
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

/** The formula of a constant. */
export function constant(value: boolean, sign: Sign): Formula {
  return value === isPositive(sign) ? always : never;
}

/** Whether the sign holds of a true value. */
export function isPositive(sign: Sign): boolean {
  return sign === 'true' || sign === 'not false';
}

const opposites: Readonly<Record<Sign, Sign>> = {
  true: 'false',
  false: 'true',
  'not true': 'not false',
  'not false': 'not true',
};

/** What is asked of a value where that is asked of its `not`. */
export function opposite(sign: Sign): Sign {
  return opposites[sign];
}

/** A short name for words of any length. */
export function digest(words: unknown): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('base64url');
}
