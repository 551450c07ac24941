import { createHash } from 'node:crypto';
import { canonicalPattern } from '../canonical.ts';
import { stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern } from '../syntax/syntax.ts';
import { type ByteSet, byteSet, eitherCase, everyByte, hexByteSet } from './byte-set.ts';

/** This many bytes of any value. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * One way in which a pattern matches; the pattern matches what any of its variants does. `bytes`: a
 * sequence of bytes, each from a set. `gapped`: with gaps of variable size. `opaque`: whatever its
 * key stands for.
 */
export type Variant = (
  | {
      readonly kind: 'bytes';
      readonly bytes: readonly ByteSet[];
      /**
       * Lowest and highest key that the bytes may be combined with; 0 to 0 if they are not
       * combined.
       */
      readonly xor: readonly [number, number];
    }
  | { readonly kind: 'gapped'; readonly parts: readonly (ByteSet | Gap)[] }
  | { readonly kind: 'opaque'; readonly key: string }
) & {
  /** A zero byte follows each; affects how word boundaries are found. */
  readonly wide: boolean;
  readonly fullword: boolean;
};

/**
 * The part of a pattern that affects what it matches: without its name, and whether it is private.
 */
export interface PatternMeaning {
  readonly identifier: string;
  readonly pattern: ParsedPattern;
  /** Equal for patterns that match the same. */
  readonly key: string;
  readonly variants: readonly Variant[];
}

/**
 * Limit on bytes of any value in a pattern, over all gaps. The engine searches the two sides of a
 * wide gap separately, and abandons some ways through several gaps. Its results for those are not
 * modelled.
 */
const maxGap = 64;

export function meaningOf(pattern: ParsedPattern): PatternMeaning {
  const { identifier } = pattern;
  const modifiers = pattern.modifiers.filter((each) => each !== 'private');
  const content = JSON.stringify(canonicalPattern({ ...pattern, identifier: '$', modifiers }));
  return {
    identifier,
    pattern,
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
    const parts = hexParts(value);
    if (parts === null) return asWhole;
    const bytes = parts.flatMap(bytesOf);
    const shape = bytes.includes(null) ? { kind: 'gapped' as const, parts } : null;
    return [
      {
        ...(shape ?? { kind: 'bytes', bytes: bytes.filter((each) => each !== null), xor: [0, 0] }),
        wide: false,
        fullword: false,
      },
    ];
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

/** Null if the pattern has alternatives, or a gap that is wide or unbounded. */
function hexParts(value: string): (ByteSet | Gap)[] | null {
  const canonical = canonicalPattern({ identifier: '$', kind: 'hex', value, modifiers: [], start: 0, end: 0, line: 1 });
  const text = Array.isArray(canonical) ? String(canonical[2]) : '';
  const parts: (ByteSet | Gap)[] = [];
  const element = /~?[0-9A-F?]{2}|\[(\d+)(?:-(\d+))?\]/y;
  for (element.lastIndex = 1; element.lastIndex < text.length - 1; ) {
    const found = element.exec(text);
    if (found === null) return null;
    const [whole, from, to = from] = found;
    if (from === undefined) parts.push(hexByteSet(whole));
    else if (Number(to) > maxGap) return null;
    else parts.push({ from: Number(from), to: Number(to) });
  }
  const gapBytes = mergeGaps(parts).reduce((sum, part) => sum + (typeof part === 'object' ? part.to : 0), 0);
  return gapBytes > maxGap ? null : parts;
}

/** Null stands for a gap of variable size. */
function bytesOf(part: ByteSet | Gap): (ByteSet | null)[] {
  if (typeof part === 'bigint') return [part];
  return part.from === part.to ? Array.from({ length: part.from }, () => everyByte) : [null];
}

/** The same parts, with consecutive bytes of any value merged into one gap. */
export function mergeGaps(parts: readonly (ByteSet | Gap)[]): readonly (ByteSet | Gap)[] {
  const merged: (ByteSet | Gap)[] = [];
  for (const part of parts) {
    const gap = typeof part === 'bigint' ? (part === everyByte ? { from: 1, to: 1 } : null) : part;
    const last = merged.at(-1);
    if (gap === null) merged.push(part);
    else if (typeof last !== 'object') merged.push(gap);
    else merged[merged.length - 1] = { from: last.from + gap.from, to: last.to + gap.to };
  }
  return merged;
}
