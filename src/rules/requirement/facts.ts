import { type ByteSet, byteSet } from '../scope/byte-set.ts';

/** Number of bytes from the start of a content that are among its facts. */
export const headBytes = 64;

/** Facts of a content as the engine sees it; null for what is not known. */
export interface Facts {
  readonly size: number | null;
  /** Up to `headBytes` bytes. */
  readonly head: Uint8Array | null;
  /** Lower-case hex. */
  readonly md5: string | null;
  readonly sha256: string | null;
}

/** A number of a condition that follows from the facts. */
export type FactNumber =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'filesize' }
  /** `uint16(…)` and the like. */
  | {
      readonly kind: 'read';
      readonly bytes: 1 | 2 | 4;
      readonly isSigned: boolean;
      readonly isBigEndian: boolean;
      readonly at: FactNumber;
    }
  | { readonly kind: 'sum'; readonly operator: '+' | '-' | '*' | '&'; readonly of: readonly [FactNumber, FactNumber] };

export type FactTest =
  | {
      readonly kind: 'compare';
      readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
      readonly of: readonly [FactNumber, FactNumber];
    }
  /** The content has these bytes at this offset; each is one of a set. */
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: readonly ByteSet[] }
  | { readonly kind: 'hash'; readonly name: 'md5' | 'sha256'; readonly value: string };

/** `unknown` may be anything; `undefined` is the value of a read beyond the end. */
type Value = number | 'undefined' | 'unknown';

/** Returns whether a test may be true: false only if it certainly is not. */
export function mayBeTrue(test: FactTest, facts: Facts): boolean {
  switch (test.kind) {
    case 'hash': {
      const known = facts[test.name];
      return known === null || known === test.value;
    }
    case 'bytes': {
      if (facts.size !== null && test.at + test.bytes.length > facts.size) return false;
      const { head } = facts;
      if (head === null) return true;
      return test.bytes.every((set, index) => {
        const value = head[test.at + index];
        return value === undefined || (set & byteSet(value)) !== 0n;
      });
    }
    case 'compare': {
      const [left, right] = [numberOf(test.of[0], facts), numberOf(test.of[1], facts)];
      if (left === 'undefined' || right === 'undefined') return false;
      if (left === 'unknown' || right === 'unknown') return true;
      return compares[test.operator](left, right);
    }
  }
}

const compares: Readonly<Record<string, (left: number, right: number) => boolean>> & {
  readonly [operator in Extract<FactTest, { kind: 'compare' }>['operator']]: (left: number, right: number) => boolean;
} = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function numberOf(number: FactNumber, facts: Facts): Value {
  switch (number.kind) {
    case 'constant':
      return number.value;
    case 'filesize':
      return facts.size ?? 'unknown';
    case 'read':
      return read(number, numberOf(number.at, facts), facts);
    case 'sum': {
      const [left, right] = [numberOf(number.of[0], facts), numberOf(number.of[1], facts)];
      if (left === 'undefined' || right === 'undefined') return 'undefined';
      if (left === 'unknown' || right === 'unknown') return 'unknown';
      return exactly(calculate(number.operator, left, right));
    }
  }
}

function calculate(operator: '+' | '-' | '*' | '&', left: number, right: number): number {
  if (operator === '&') return Number(BigInt.asIntN(64, BigInt(left) & BigInt(right)));
  return operator === '+' ? left + right : operator === '-' ? left - right : left * right;
}

/** The engine calculates with 64 bits; beyond what is exact here, nothing is certain. */
function exactly(value: number): Value {
  return Number.isSafeInteger(value) ? value : 'unknown';
}

function read(
  { bytes, isSigned, isBigEndian }: Extract<FactNumber, { kind: 'read' }>,
  at: Value,
  { size, head }: Facts,
): Value {
  if (at === 'undefined') return 'undefined';
  if (at === 'unknown' || size === null) return 'unknown';
  if (at < 0 || at + bytes > size) return 'undefined';
  if (head === null || at + bytes > head.length) return 'unknown';
  let value = 0;
  for (let index = 0; index < bytes; index += 1)
    value = value * 256 + (head[at + (isBigEndian ? index : bytes - 1 - index)] ?? 0);
  return isSigned && value >= 2 ** (8 * bytes - 1) ? value - 2 ** (8 * bytes) : value;
}
