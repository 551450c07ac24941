import { bufferOf, latin1 } from '../../bytes/read.ts';
import type { Room } from '../../types.ts';
import { isDictionary, type PdfDictionary, type PdfValue, readPdfValue, skipSpace } from './pdf-value.ts';

/** An object of a PDF, wherever it is in the file: tables of objects are not used, nor trusted. */
export interface PdfObject {
  readonly object: number;
  readonly generation: number;
  readonly value: PdfValue;
  /** Null for an object without one. */
  readonly stream: { readonly dictionary: PdfDictionary; readonly data: Uint8Array } | null;
}

/** Most bytes of a value. Those of real documents with more are arrays of numbers. */
const maxValueBytes = 1024 * 1024;
const maxHeaderBytes = 32;
const emptyDictionary: PdfDictionary = { kind: 'dictionary', entries: new Map() };

/** All objects, in the order of the file. */
export function* pdfObjects(bytes: Uint8Array, room: Room): Generator<PdfObject> {
  const buffer = bufferOf(bytes);
  const finder = (marker: string) => {
    let found = 0;
    // The search goes forward only, so that all of them read the file once.
    return (from: number) => {
      if (found !== -1 && found < from) found = buffer.indexOf(marker, from, 'latin1');
      return found === -1 ? bytes.length : found;
    };
  };
  const endOfStream = finder('endstream');
  const endOfObject = finder('endobj');
  const nextStream = finder('stream');
  // Values that are damaged may be read again from within, but not again and again.
  let budget = bytes.length * 4;
  for (let at = buffer.indexOf('obj', 0, 'latin1'); at !== -1; at = buffer.indexOf('obj', at, 'latin1')) {
    room.checkTime();
    const header = readHeader(bytes, at);
    at += 'obj'.length;
    if (header === null) continue;
    const start = at;
    const read = readPdfValue(bytes, start, Math.min(bytes.length, start + maxValueBytes));
    budget -= read.end - start;
    let after = skipSpace(bytes, read.end, Math.min(bytes.length, read.end + 1024));
    if (!read.isWhole && nextStream(start) < endOfObject(start)) after = nextStream(start);
    if (read.isWhole || budget < 0) at = Math.max(at, read.end);
    let stream: PdfObject['stream'] = null;
    if (latin1(bytes, after, after + 'stream'.length) === 'stream') {
      const dictionary = isDictionary(read.value) ? read.value : emptyDictionary;
      const from = skipLineEnd(bytes, after + 'stream'.length);
      const first = endOfStream(from);
      const stated = endAsStated(bytes, dictionary, from);
      stream = { dictionary, data: bytes.subarray(from, stated ?? first) };
      // A length can hide objects in what it calls data: they are read, too.
      at = Math.max(at, stated !== null && stated > first ? from : Math.min(first, bytes.length));
    }
    yield { ...header, value: read.value, stream };
  }
}

function readHeader(bytes: Uint8Array, at: number): Pick<PdfObject, 'object' | 'generation'> | null {
  const before = latin1(bytes, Math.max(0, at - maxHeaderBytes), at);
  const [, object, generation] = /(\d{1,10})[\s\0]{1,8}(\d{1,5})[\s\0]{0,8}$/.exec(before) ?? [];
  return object === undefined ? null : { object: Number(object), generation: Number(generation) };
}

function skipLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 13) return bytes[at + 1] === 10 ? at + 2 : at + 1;
  return bytes[at] === 10 ? at + 1 : at;
}

/** The end by the stated length, if a stream ends there. */
function endAsStated(bytes: Uint8Array, { entries }: PdfDictionary, from: number): number | null {
  const length = entries.get('Length');
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || from + length > bytes.length)
    return null;
  const end = from + length;
  return /^[\r\n \t]{0,4}endstream/.test(latin1(bytes, end, end + 16)) ? end : null;
}
