import type { ObjectRef } from '../domain/objects/object.ts';

/** An object of a segment. */
export interface SegmentObject extends ObjectRef {
  /** Bytes. */
  readonly size: number;
}

/** The objects of a segment, by their place in it. They are not decoded before they are asked for. */
export interface SegmentObjects {
  readonly count: number;
  at(place: number): SegmentObject;
  sizeAt(place: number): number;
  /** Whether this object version is at that place. */
  isAt(place: number, ref: ObjectRef): boolean;
  /** A number for the name of an object version, the same as `hashOf` has for it. */
  hashAt(place: number, seed: number): number;
}

/** Every name has only characters below 256, so that a character has a byte. */
const isNarrow = (text: string) => !/[^\0-\xff]/.test(text);

/** Sizes, buckets, lengths of keys and of versions, for all objects each; then keys and versions. */
export function encodeObjects(objects: readonly SegmentObject[]): {
  readonly buckets: readonly string[];
  readonly bytes: Uint8Array;
} {
  const count = objects.length;
  const buckets = [...new Set(objects.map(({ bucket }) => bucket))];
  const placeOf = new Map(buckets.map((bucket, index) => [bucket, index]));
  const text = objects.map(({ key, version }) => key + version).join('');
  // UTF-16 keeps whatever a string may have, also half of a pair.
  const encoded = Buffer.from(text, isNarrow(text) ? 'latin1' : 'utf16le');
  const bytes = new Uint8Array(count * fixedBytes + encoded.length);
  const columns = columnsOf(bytes, count);
  for (const [place, { bucket, key, version, size }] of objects.entries()) {
    columns.sizes[place] = size;
    columns.buckets[place] = placeOf.get(bucket) ?? 0;
    columns.keyLengths[place] = key.length;
    columns.versionLengths[place] = version.length;
  }
  bytes.set(encoded, count * fixedBytes);
  return { buckets, bytes };
}

/** Bytes of an object besides its key and version. */
const fixedBytes = 20;

function columnsOf({ buffer, byteOffset }: Uint8Array, count: number) {
  return {
    sizes: new Float64Array(buffer, byteOffset, count),
    buckets: new Uint32Array(buffer, byteOffset + count * 8, count),
    keyLengths: new Uint32Array(buffer, byteOffset + count * 12, count),
    versionLengths: new Uint32Array(buffer, byteOffset + count * 16, count),
  };
}

export function decodeObjects(buckets: readonly string[], count: number, bytes: Uint8Array): SegmentObjects {
  const { sizes, buckets: bucketPlaces, keyLengths, versionLengths } = columnsOf(bytes, count);
  const starts = new Uint32Array(count);
  let length = 0;
  for (let place = 0; place < count; place += 1) {
    starts[place] = length;
    length += (keyLengths[place] ?? 0) + (versionLengths[place] ?? 0);
  }
  const encoded = Buffer.from(bytes.buffer, bytes.byteOffset + count * fixedBytes, bytes.length - count * fixedBytes);
  // As many bytes as characters, or twice as many.
  const isWide = encoded.length !== length;
  const codes = isWide ? new Uint16Array(encoded.buffer, encoded.byteOffset, length) : encoded;
  const textOf = (from: number, to: number) =>
    isWide ? encoded.toString('utf16le', from * 2, to * 2) : encoded.toString('latin1', from, to);
  const has = (from: number, text: string): boolean => {
    for (let index = 0; index < text.length; index += 1)
      if (codes[from + index] !== text.charCodeAt(index)) return false;
    return true;
  };
  const bucketAt = (place: number) => buckets[bucketPlaces[place] ?? -1] ?? '';
  return {
    count,
    at(place) {
      const from = starts[place] ?? 0;
      const middle = from + (keyLengths[place] ?? 0);
      const version = textOf(middle, middle + (versionLengths[place] ?? 0));
      return { bucket: bucketAt(place), key: textOf(from, middle), version, size: sizes[place] ?? 0 };
    },
    sizeAt: (place) => sizes[place] ?? 0,
    isAt(place, { bucket, key, version }) {
      const from = starts[place] ?? 0;
      return (
        key.length === keyLengths[place] &&
        version.length === versionLengths[place] &&
        bucketAt(place) === bucket &&
        has(from, key) &&
        has(from + key.length, version)
      );
    },
    hashAt(place, seed) {
      const from = starts[place] ?? 0;
      const middle = from + (keyLengths[place] ?? 0);
      return hashCodes(codes, middle, middle + (versionLengths[place] ?? 0), hashCodes(codes, from, middle, seed));
    },
  };
}

export function* objectsOf(objects: SegmentObjects): Generator<SegmentObject> {
  for (let place = 0; place < objects.count; place += 1) yield objects.at(place);
}

/** A number of 32 bits for the key and version of an object. Others may have the same. */
export function hashOf({ key, version }: ObjectRef, seed: number): number {
  return hashText(version, hashText(key, seed));
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  let at = 0;
  for (; at + 4 <= text.length; at += 4) {
    const [low, high] = [text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 8), text.charCodeAt(at + 2)];
    hash = mix(hash ^ low ^ (high << 16) ^ (text.charCodeAt(at + 3) << 24));
  }
  for (; at < text.length; at += 1) hash = mix(hash ^ text.charCodeAt(at));
  return hash >>> 0;
}

/** The same for the characters of a longer text. */
function hashCodes(codes: Uint8Array | Uint16Array, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const [low, high] = [(codes[at] as number) ^ ((codes[at + 1] as number) << 8), codes[at + 2] as number];
    hash = mix(hash ^ low ^ (high << 16) ^ ((codes[at + 3] as number) << 24));
  }
  for (; at < to; at += 1) hash = mix(hash ^ (codes[at] as number));
  return hash >>> 0;
}

function mix(hash: number): number {
  const product = Math.imul(hash, 0x9e3779b1);
  return product ^ (product >>> 15);
}
