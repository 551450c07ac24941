import { randomInt } from 'node:crypto';
import type { ObjectRef } from '../domain/objects/object.ts';
import { hashOf, type SegmentObjects } from './segment-objects.ts';

/** Where an object is: the number of a segment, in the order of `add`, and the place in it. */
export interface ObjectPlace {
  readonly segment: number;
  readonly place: number;
}

/**
 * Finds the objects of many segments. It has 10 to 16 bytes for each, besides the names in the
 * segments: a hash leads to a place, and the name at that place decides.
 */
export interface ObjectTable {
  /** Adds the objects of a segment, except those that are left out. Default: all. */
  add(objects: SegmentObjects, isLeftOut?: (place: number) => boolean): void;
  /** Returns where an object version is, in the order of the segments. */
  find(ref: ObjectRef): readonly ObjectPlace[];
  /** Different object versions. */
  readonly size: number;
}

const fewestSlots = 1024;
/** Part of the slots that may be taken. */
const mostTaken = 0.7;
/** The hash of an object that is left out. */
const noHash = 0;

/** @param hash for tests: another hash, of the names in a segment and of those that are looked up */
export function createObjectTable({ hashAt, hash }: NameHash = createNameHash(randomInt(2 ** 32))): ObjectTable {
  const segments: { readonly objects: SegmentObjects; readonly first: number }[] = [];
  /** Objects so far, also those left out. Each has a number. */
  let count = 0;
  let size = 0;
  let hashes = new Uint32Array(0);
  /** The number of an object plus one, in the first slot from its hash on that was free; 0 if a slot is free. */
  let slots = new Uint32Array(0);

  const placeOf = (number: number) => {
    let [low, high] = [0, segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((segments[middle]?.first ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return { segment: low, place: number - (segments[low]?.first ?? 0) };
  };
  /** Returns whether an object with the same hash is there already. */
  const insert = (number: number): boolean => {
    const mask = slots.length - 1;
    const hash = hashes[number] ?? noHash;
    let isSecond = false;
    let slot = hash & mask;
    for (let taken = slots[slot] ?? 0; taken !== 0; taken = slots[slot] ?? 0) {
      isSecond ||= hashes[taken - 1] === hash;
      slot = (slot + 1) & mask;
    }
    slots[slot] = number + 1;
    return isSecond;
  };
  const grow = (wanted: number): void => {
    if (wanted <= slots.length * mostTaken) return;
    const length = Math.max(fewestSlots, 2 ** Math.ceil(Math.log2(wanted / mostTaken)));
    const before = hashes.subarray(0, count);
    hashes = new Uint32Array(Math.ceil(length * mostTaken));
    hashes.set(before);
    slots = new Uint32Array(length);
    for (let number = 0; number < count; number += 1) if (hashes[number] !== noHash) insert(number);
  };
  const find = (ref: ObjectRef): readonly ObjectPlace[] => {
    const found: ObjectPlace[] = [];
    const wanted = hash(ref);
    const mask = slots.length - 1;
    for (let slot = wanted & mask; slots.length > 0 && slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (slots[slot] ?? 0) - 1;
      if (hashes[number] !== wanted) continue;
      const at = placeOf(number);
      if (segments[at.segment]?.objects.isAt(at.place, ref) === true) found.push(at);
    }
    return found;
  };
  return {
    add(objects, isLeftOut = () => false) {
      grow(count + objects.count);
      segments.push({ objects, first: count });
      for (let place = 0; place < objects.count; place += 1, count += 1) {
        if (isLeftOut(place)) continue;
        hashes[count] = hashAt(objects, place);
        if (!insert(count) || find(objects.at(place)).length === 1) size += 1;
      }
    },
    find,
    get size() {
      return size;
    },
  };
}

/** A hash of names that is not `noHash`. */
export interface NameHash {
  readonly hashAt: (objects: SegmentObjects, place: number) => number;
  readonly hash: (ref: ObjectRef) => number;
}

/** @param seed a random number, so that nobody can choose names with the same hash */
function createNameHash(seed: number): NameHash {
  return {
    hashAt: (objects, place) => objects.hashAt(place, seed) || 1,
    hash: (ref) => hashOf(ref, seed) || 1,
  };
}
