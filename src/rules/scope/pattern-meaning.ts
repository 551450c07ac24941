import { createHash } from 'node:crypto';
import { canonicalPattern } from '../canonical.ts';
import { stringBytes } from '../literals.ts';
import type { ParsedPattern } from '../syntax.ts';
import { type ByteSet, byteSet, eitherCase, everyByte, hexByteSet } from './byte-set.ts';

/**
 * One way in which a pattern matches; what it matches is what one of its variants does. `bytes`: a byte of each set, one behind the other.
 * `opaque`: whatever its key stands for.
 */
export type Variant = (
  | {
      readonly kind: 'bytes';
      readonly bytes: readonly ByteSet[];
      /** Lowest and highest key that the bytes may be combined with; 0 to 0 where they are taken as they are. */
      readonly xor: readonly [number, number];
    }
  | { readonly kind: 'opaque'; readonly key: string }
) & {
  /** A byte of zero stands behind each; decides on how the ends of words are found. */
  readonly wide: boolean;
  readonly fullword: boolean;
};

/** A pattern as it counts for what matches: without its name, and whether it is private. */
export interface PatternMeaning {
  readonly identifier: string;
  /** Equal for patterns that match the same. */
  readonly key: string;
  readonly variants: readonly Variant[];
}

/** Bytes; a longer gap is not spelt out. */
const maxFixedJump = 64;

export function meaningOf(pattern: ParsedPattern): PatternMeaning {
  const { identifier } = pattern;
  const modifiers = pattern.modifiers.filter((each) => each !== 'private');
  const content = JSON.stringify(canonicalPattern({ ...pattern, identifier: '$', modifiers }));
  return {
    identifier,
    key: createHash('sha256').update(content).digest('hex'),
    variants: variantsOf({ ...pattern, modifiers }, content),
  };
}

function variantsOf({ kind, value, modifiers }: ParsedPattern, content: string): Variant[] {
  const has = (name: string) => modifiers.includes(name);
  const fullword = has('fullword');
  const asWhole: Variant[] = [{ kind: 'opaque', key: content, wide: false, fullword: false }];
  const widths = [...(has('ascii') || !has('wide') ? [false] : []), ...(has('wide') ? [true] : [])];
  if (kind === 'hex') {
    const bytes = hexBytes(value);
    return bytes === null ? asWhole : [{ kind: 'bytes', bytes, xor: [0, 0], wide: false, fullword: false }];
  }
  if (kind === 'regexp') {
    const key = JSON.stringify([value, has('nocase')]);
    return widths.map((wide) => ({ kind: 'opaque', key: `${key} ${wide}`, wide, fullword }));
  }
  const literal = stringBytes(value);
  if (literal === null || modifiers.some((each) => each.startsWith('base64'))) return asWhole;
  const bytes = [...literal].map(has('nocase') ? eitherCase : byteSet);
  const range = /^xor\((\d+)-(\d+)\)$/.exec(modifiers.find((each) => each.startsWith('xor')) ?? '');
  const xor = [Number(range?.[1] ?? 0), Number(range?.[2] ?? 0)] as const;
  return widths.map((wide) => ({
    ...{ kind: 'bytes', xor, wide, fullword },
    bytes: wide ? bytes.flatMap((each) => [each, byteSet(0)]) : bytes,
  }));
}

/** Null where the pattern has alternatives, or a gap that is not of one size. */
function hexBytes(value: string): ByteSet[] | null {
  const canonical = canonicalPattern({ identifier: '$', kind: 'hex', value, modifiers: [], start: 0, end: 0, line: 1 });
  const text = Array.isArray(canonical) ? String(canonical[2]) : '';
  const bytes: ByteSet[] = [];
  const element = /~?[0-9A-F?]{2}|\[(\d+)(?:-(\d+))?\]/y;
  for (element.lastIndex = 1; element.lastIndex < text.length - 1; ) {
    const found = element.exec(text);
    if (found === null) return null;
    const [whole, from, to = from] = found;
    if (from === undefined) bytes.push(hexByteSet(whole));
    else if (from !== to || Number(from) > maxFixedJump) return null;
    else for (let count = Number(from); count > 0; count -= 1) bytes.push(everyByte);
  }
  return bytes;
}
