import { messageOf } from '../../domain/errors.ts';
import { LimitReached, type Room, reasonOf } from '../types.ts';

/** What a decoder writes to. It grows within the limits of the room. */
export interface Output {
  readonly length: number;
  push(byte: number): void;
  append(bytes: Uint8Array): void;
  /**
   * Appends bytes that were written before.
   * @param distance how far back they start; they may reach into what is appended
   */
  repeat(distance: number, length: number): void;
  /** A byte that was written before; `back` is 1 for the last one. 0 if there is none. */
  last(back: number): number;
  bytes(): Uint8Array;
}

/** Bytes that are announced to the room at once. */
const minStep = 256;
const maxStep = 65_536;

/** @param maxLength a decoder that writes more fails */
export function createOutput(room: Pick<Room, 'grow'>, maxLength = Number.POSITIVE_INFINITY): Output {
  let bytes = new Uint8Array(minStep);
  let length = 0;
  let announced = 0;

  function need(count: number): void {
    const end = length + count;
    if (end > announced) {
      if (end > maxLength) throw new Error(`more than ${maxLength} bytes`);
      const step = Math.max(end - announced, Math.min(maxStep, Math.max(minStep, length >> 3)));
      room.grow(step);
      announced += step;
    }
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.max(end, Math.min(bytes.length * 2, bytes.length + 64 * 1024 * 1024)));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
  }

  return {
    get length() {
      return length;
    },
    push(byte) {
      if (length >= announced || length >= bytes.length) need(1);
      bytes[length] = byte;
      length += 1;
    },
    append(part) {
      need(part.length);
      bytes.set(part, length);
      length += part.length;
    },
    repeat(distance, count) {
      if (distance < 1 || distance > length) throw new Error('a reference to bytes before the first');
      need(count);
      const from = length - distance;
      if (distance >= count) bytes.copyWithin(length, from, from + count);
      else for (let at = 0; at < count; at += 1) bytes[length + at] = bytes[from + at] ?? 0;
      length += count;
    },
    last: (back) => (back > length ? 0 : (bytes[length - back] ?? 0)),
    bytes: () => bytes.subarray(0, length),
  };
}

/**
 * Gives a member to the room that is decoded piece by piece: up to the limit, or up to where it is
 * damaged.
 */
export function decodeMember(name: string, room: Room, decode: (output: Output) => void): void {
  const output = createOutput(room);
  try {
    decode(output);
  } catch (error) {
    if (error instanceof LimitReached) {
      room.cut(name, output.bytes(), error.reason);
      if (error.reason !== 'member_size') throw error;
      return;
    }
    room.missed(name, reasonOf(error), messageOf(error));
    if (output.length === 0) return;
  }
  room.member(name, output.bytes());
}
