import type { ByteSet } from '../scope/byte-set.ts';
import { byteSet, everyByte } from '../scope/byte-set.ts';

/** A comparison of an expression with a constant that has to be true. */
export interface Comparison {
  /** Equal for expressions of the same text. */
  readonly key: string;
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  /** Texts as hex of their bytes. */
  readonly value: number | string;
  /** As written. */
  readonly text: string;
  /** True if the expression may also have no value, as in `not uint8(0) == 1`. */
  readonly mayBeUndefined: boolean;
}

interface Bound {
  readonly value: number;
  readonly isOpen: boolean;
  readonly text: string | null;
}

interface Known {
  low: Bound;
  high: Bound;
  readonly excluded: Map<number | string, string>;
  equal: { readonly value: number | string; readonly text: string } | null;
  /** True if the expression certainly has a value. */
  isDefined: boolean;
}

/** Everything that a part of a condition requires together with the parts before it. */
export interface Facts {
  /**
   * Adds a comparison. Returns the text of an earlier part that it contradicts, '' if it is never
   * true by itself, and null if it may be true.
   */
  add(comparison: Comparison): string | null;
  /** Adds bytes at a fixed offset of the file; like `add`. */
  addBytes(offset: number, bytes: readonly ByteSet[], text: string): string | null;
  copy(): Facts;
}

const mostChecked = 4_096;

/** @param from facts to begin with */
export function createFacts(from?: {
  known: ReadonlyMap<string, Known>;
  bytes: ReadonlyMap<number, PlacedByte>;
}): Facts {
  const known = new Map([...(from?.known ?? [])].map(([key, each]) => [key, copyOf(each)]));
  const bytes = new Map(from?.bytes);
  const contradiction = (each: Known, text: string): string | null => {
    if (!each.isDefined) return null;
    const { low, high, equal } = each;
    const other = (...texts: readonly (string | null)[]) => texts.find((one) => one !== null && one !== text) ?? '';
    if (equal !== null) {
      const excluded = each.excluded.get(equal.value);
      if (excluded !== undefined) return other(equal.text, excluded);
      if (typeof equal.value === 'string') return null;
      if (equal.value < low.value || (equal.value === low.value && low.isOpen)) return other(low.text, equal.text);
      if (equal.value > high.value || (equal.value === high.value && high.isOpen)) return other(high.text, equal.text);
    }
    if (low.value > high.value || (low.value === high.value && (low.isOpen || high.isOpen))) {
      return other(low.text, high.text);
    }
    return null;
  };
  return {
    add({ key, operator, value, text, mayBeUndefined }) {
      const each = known.get(key) ?? unknown(key);
      known.set(key, each);
      each.isDefined ||= !mayBeUndefined;
      if (operator === '==') {
        if (each.equal !== null && each.equal.value !== value) return each.isDefined ? each.equal.text : null;
        each.equal ??= { value, text };
      } else if (operator === '!=') each.excluded.set(value, text);
      else if (typeof value === 'number') {
        const isOpen = operator === '<' || operator === '>';
        const bound = { value, isOpen, text };
        if (operator.startsWith('<') && isTighter(value, isOpen, each.high, -1)) each.high = bound;
        if (operator.startsWith('>') && isTighter(value, isOpen, each.low, 1)) each.low = bound;
      }
      return contradiction(each, text);
    },
    addBytes(offset, sets, text) {
      for (const [index, set] of sets.slice(0, mostChecked).entries()) {
        const before = bytes.get(offset + index);
        const both = (before?.set ?? everyByte) & set;
        if (both === 0n) return before?.text ?? '';
        bytes.set(offset + index, { set: both, text: before?.text ?? text });
      }
      return null;
    },
    copy: () => createFacts({ known, bytes }),
  };
}

interface PlacedByte {
  readonly set: ByteSet;
  readonly text: string;
}

/** @param sign 1 for a lower bound, -1 for an upper one */
function isTighter(value: number, isOpen: boolean, than: Bound, sign: 1 | -1): boolean {
  return value * sign > than.value * sign || (value === than.value && isOpen && !than.isOpen);
}

function copyOf(each: Known): Known {
  return { ...each, excluded: new Map(each.excluded) };
}

/** The facts about an expression before anything is required of it. */
function unknown(key: string): Known {
  const isCount = key === 'filesize' || /^#\w*$/.test(key);
  const isEntropy = /^math \. entropy \(/.test(key);
  return {
    low: { value: isCount || isEntropy ? 0 : Number.NEGATIVE_INFINITY, isOpen: false, text: null },
    high: { value: isEntropy ? 8 : Number.POSITIVE_INFINITY, isOpen: false, text: null },
    excluded: new Map(),
    equal: null,
    isDefined: isCount,
  };
}

/** Returns the bytes of an integer of the file with this value. */
export function bytesOfInteger(value: number, size: number, isBigEndian: boolean): readonly ByteSet[] {
  const bytes = Array.from({ length: size }, (_, index) => byteSet(Math.floor(value / 256 ** index) % 256));
  return isBigEndian ? bytes.reverse() : bytes;
}
