import { latin1, offsetsOf } from '../../bytes/read.ts';
import { isDictionary, type PdfDictionary, readPdfValue } from './pdf-value.ts';

export interface PdfEncryption {
  readonly encrypt: PdfDictionary;
  /** The first part of the identifier of the file, one character per byte. */
  readonly id: string;
}

const maxPlaces = 32;
const maxValueBytes = 4096;

/** What a document says of its encryption, in any of its trailers. Null for one that has none. */
export function findEncryption(bytes: Uint8Array): PdfEncryption | null {
  let places = 0;
  for (const at of offsetsOf(bytes, '/Encrypt')) {
    places += 1;
    if (places > maxPlaces) return null;
    const { value } = readPdfValue(bytes, at + '/Encrypt'.length, Math.min(bytes.length, at + maxValueBytes));
    const reference = readReference(bytes, at + '/Encrypt'.length);
    const encrypt = reference === null ? value : readObject(bytes, reference);
    if (isDictionary(encrypt) && encrypt.entries.has('V')) return { encrypt, id: findId(bytes, at) };
  }
  return null;
}

function readReference(bytes: Uint8Array, at: number): string | null {
  const [, object, generation] = /^\s{0,8}(\d{1,10})\s{1,8}(\d{1,5})\s{1,8}R/.exec(latin1(bytes, at, at + 64)) ?? [];
  return object === undefined || generation === undefined ? null : `${object} ${generation} obj`;
}

function readObject(bytes: Uint8Array, header: string) {
  let places = 0;
  for (const at of offsetsOf(bytes, header)) {
    places += 1;
    if (places > maxPlaces) return null;
    if (at > 0 && /\d/.test(String.fromCharCode(bytes[at - 1] ?? 0))) continue;
    const { value } = readPdfValue(bytes, at + header.length, Math.min(bytes.length, at + maxValueBytes));
    if (isDictionary(value)) return value;
  }
  return null;
}

/** The identifier is in the same trailer, before or after. */
function findId(bytes: Uint8Array, near: number): string {
  const from = Math.max(0, near - maxValueBytes);
  for (const at of offsetsOf(bytes.subarray(from, near + maxValueBytes), '/ID')) {
    const { value } = readPdfValue(bytes, from + at + '/ID'.length, Math.min(bytes.length, near + maxValueBytes));
    if (typeof value !== 'object' || value?.kind !== 'array') continue;
    const [first] = value.values;
    if (typeof first === 'object' && first?.kind === 'string') return first.bytes;
  }
  return '';
}
