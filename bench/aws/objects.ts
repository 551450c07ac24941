import { createHash, type Hash } from 'node:crypto';
import { contentOf, createRandom } from '../corpus.ts';

/** Bytes of the objects of each kind. */
export const kinds = { small: 4000, medium: 250_000, large: 20_000_000 } as const;
export type Kind = keyof typeof kinds;

/** Longer contents repeat from here on. */
const longestPattern = 1_000_000;
const stampBytes = 100;
/** The pattern of the benchmark's own rule. */
export const marker = 'REARVIEW BENCH MARKER';
/** One object in this many has the marker. */
export const markedEvery = 100;

/** An object that is generated on request, the same each time: its key determines the content. */
export interface GeneratedObject {
  readonly key: string;
  readonly size: number;
  /** Everything except the end, shared with other objects. */
  readonly head: Buffer;
  /** Different in each. */
  readonly tail: Buffer;
  readonly sha256: Buffer;
}

/**
 * Keys `<kind>/<group>/<number>`; a group whose name starts with `marked` has the marker in each of
 * its objects.
 */
export function keyOf(kind: Kind, group: string, index: number): string {
  return `${kind}/${group}/${String(index).padStart(6, '0')}`;
}

/**
 * Keys of a group that is listed by its prefix: the name of the group contains its number of
 * objects.
 */
export function keysBelow(prefix: string): readonly string[] {
  const [kind = '', group = ''] = prefix.split('/');
  const count = Number(/-(\d+)$/.exec(group)?.[1] ?? 0);
  return isKind(kind) ? Array.from({ length: count }, (_, index) => keyOf(kind, group, index)) : [];
}

/** Null for a key of another kind. */
export function generateObject(key: string): GeneratedObject | null {
  const [kind = '', group = '', number = ''] = key.split('/');
  if (!isKind(kind) || !/^\d+$/.test(number)) return null;
  const index = Number(number);
  const { content, hash } = baseOf(kind, index % 3);
  const isMarked = group.startsWith('marked') || index % markedEvery === 0;
  const tail = Buffer.from(`\n${isMarked ? marker : ''} ${key}`.padEnd(stampBytes).slice(0, stampBytes));
  return { key, size: kinds[kind], head: content, tail, sha256: hash.copy().update(tail).digest() };
}

interface Base {
  readonly content: Buffer;
  /** Running hash of the content, to continue with. */
  readonly hash: Hash;
}

const bases = new Map<string, Base>();

function baseOf(kind: Kind, type: number): Base {
  const name = `${kind} ${type}`;
  const known = bases.get(name);
  if (known !== undefined) return known;
  const size = kinds[kind] - stampBytes;
  const pattern = contentOf(type, Math.min(size, longestPattern), createRandom(20_261_124 + type));
  const content = Buffer.alloc(size, pattern);
  const base = { content, hash: createHash('sha256').update(content) };
  bases.set(name, base);
  return base;
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(kinds, text);
}
