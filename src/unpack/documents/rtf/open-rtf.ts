import { createOutput, type Output } from '../../bytes/output.ts';
import { bufferOf, offsetsOf, u32 } from '../../bytes/read.ts';
import { LimitReached, type Opener, type Room } from '../../types.ts';
import { compoundFileMagic } from '../ole/compound-file.ts';
import { openPackage } from '../ole/open-compound-file.ts';

const words = ['\\objdata', '\\datastore', '\\pict'] as const;
/** Objects that are read of one document. */
const maxObjects = 4096;

/** Gives the objects of a document, which are written in hexadecimal digits. */
export const openRtf: Opener = (content, room) => {
  for (const word of words) {
    let count = 0;
    let end = 0;
    for (const at of offsetsOf(content, word)) {
      if (at < end) continue;
      room.checkTime();
      count += 1;
      if (count > maxObjects) break;
      const name = `${word.slice(1)} ${count}`;
      const start = at + word.length;
      // Digits right behind the word are its number, or those of the object.
      for (const from of new Set([start, skipNumber(content, start)])) {
        const output = createOutput(room);
        try {
          end = decodeGroup(content, from, output);
        } catch (error) {
          if (!(error instanceof LimitReached)) throw error;
          room.cut(name, output.bytes(), error.reason);
          throw error;
        }
        const data = output.bytes();
        if (data.length === 0) continue;
        room.member(name, data);
        if (word === '\\objdata') openObject(data, name, room);
      }
    }
  }
};

const brace = { open: 0x7b, close: 0x7d, backslash: 0x5c } as const;

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const isLetter = (byte: number) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
const isNumber = (byte: number) => (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;

/**
 * Decodes the digits of a group, as Word reads them: words, groups, and other characters between
 * digits are skipped, `\bin` has bytes.
 * @returns where the group ends
 */
function decodeGroup(bytes: Uint8Array, from: number, output: Output): number {
  let depth = 1;
  let high = -1;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === brace.open) depth += 1;
    else if (byte === brace.close) {
      depth -= 1;
      if (depth === 0) return at;
    } else if (byte === brace.backslash) {
      at = skipWord(bytes, at + 1, output);
      continue;
    } else {
      const value = hexValue(byte);
      if (value >= 0 && high < 0) high = value;
      else if (value >= 0) {
        output.push(high * 16 + value);
        high = -1;
      }
    }
    at += 1;
  }
  return at;
}

/** Where a number that follows a word ends. */
function skipNumber(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at - from < maxNumber && isNumber(bytes[at] ?? 0)) at += 1;
  return at;
}

/** Characters of a number: the sign and ten digits. */
const maxNumber = 11;

function skipWord(bytes: Uint8Array, from: number, output: Output): number {
  let at = from;
  if (bytes[at] === 0x27) return at + 3;
  if (!isLetter(bytes[at] ?? 0)) return at + 1;
  let word = '';
  while (at < bytes.length && isLetter(bytes[at] ?? 0)) {
    if (word.length < 8) word += String.fromCharCode(bytes[at] ?? 0);
    at += 1;
  }
  let number = '';
  while (at < bytes.length && isNumber(bytes[at] ?? 0)) {
    if (number.length < 12) number += String.fromCharCode(bytes[at] ?? 0);
    at += 1;
  }
  if (bytes[at] === 0x20) at += 1;
  const length = Number(number);
  if (word !== 'bin' || !(length > 0)) return at;
  output.append(bytes.subarray(at, at + length));
  return Math.min(bytes.length, at + length);
}

/** An object of OLE 1.0 (MS-OLEDS 2.2.5), or whatever looks like a file in it. */
function openObject(data: Uint8Array, name: string, room: Room): void {
  const document = bufferOf(data).indexOf(compoundFileMagic, 0, 'latin1');
  if (document > 0) room.member(`${name}.ole`, data.subarray(document));
  // The version, the kind of object, then its class.
  const classBytes = u32(data, 8);
  if (classBytes > 256) return;
  const className =
    bufferOf(data)
      .toString('latin1', 12, 12 + classBytes)
      .split('\0', 1)[0] ?? '';
  if (className.toLowerCase() !== 'package') return;
  const topic = 12 + classBytes;
  const item = topic + 4 + u32(data, topic);
  const size = item + 4 + u32(data, item);
  // A stream with a package starts with its size.
  if (size < data.length) openPackage(data.subarray(size), room);
}
