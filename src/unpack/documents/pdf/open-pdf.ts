import { messageOf } from '../../../domain/errors.ts';
import { createOutput } from '../../bytes/output.ts';
import { LimitReached, type Opener, type Room } from '../../types.ts';
import { type Decrypt, decryptString, pdfDecryption } from './decryption.ts';
import { applyFilter, filtersOf, isImageFilter } from './filters.ts';
import { findEncryption } from './find-encryption.ts';
import { type PdfObject, pdfObjects } from './objects.ts';
import { isDictionary, nameOf, type PdfDictionary, type PdfValue, pdfText, readPdfValue } from './pdf-value.ts';

/** Gives every stream that is not an image, embedded files by their names, and scripts. */
export const openPdf: Opener = (content, room) => {
  const encryption = findEncryption(content);
  const decrypt = encryption === null ? null : pdfDecryption(encryption.encrypt, encryption.id, room.passwords);
  if (encryption !== null && decrypt === null) {
    room.missed(null, 'encrypted', 'pdf');
    return;
  }
  const document: Document = { room, decrypt, names: new Map(), later: [] };
  for (const each of pdfObjects(content, room)) {
    if (isDictionary(each.value)) readDictionaries(each.value, each, document);
    if (each.stream === null) continue;
    if (nameOf(each.stream.dictionary.entries.get('Type')) === 'EmbeddedFile' && document.later.length < maxLater) {
      document.later.push(each);
    } else openStream(each, document);
  }
  for (const each of document.later) openStream(each, document);
};

interface Document {
  readonly room: Room;
  readonly decrypt: Decrypt | null;
  /** Names of embedded files by the number of their streams. Added to. */
  readonly names: Map<number, string>;
  /** Embedded files, which are opened when all names are known. Added to. */
  readonly later: PdfObject[];
}

const maxLater = 10_000;
const maxNames = 10_000;

function openStream({ object, generation, stream }: PdfObject, document: Document): void {
  const { room, decrypt, names } = document;
  if (stream === null) return;
  const { dictionary } = stream;
  const type = nameOf(dictionary.entries.get('Type'));
  const isPlain = decrypt === null || type === 'XRef';
  const filters = filtersOf(dictionary);
  if (filters[0] !== undefined && isImageFilter(filters[0])) return;
  const name = names.get(object) ?? `object ${object}`;
  let data = isPlain ? stream.data : decrypt(stream.data, object, generation);
  let problem: string | undefined;
  for (const filter of filters) {
    if (isImageFilter(filter) || data.length === 0) break;
    const output = createOutput(room);
    try {
      applyFilter(filter, data, output, room);
    } catch (error) {
      if (error instanceof LimitReached) {
        room.cut(name, output.bytes(), error.reason);
        if (error.reason !== 'member_size') throw error;
        return;
      }
      problem = `${filter.name}: ${messageOf(error)}`;
    }
    data = output.bytes();
  }
  if (problem !== undefined) room.missed(name, 'damaged', problem);
  if (data.length === 0) return;
  if (type === 'ObjStm') readObjectStream(data, dictionary, document);
  room.member(name, data);
}

const maxObjects = 100_000;
const maxValueBytes = 1024 * 1024;

/** The objects in a stream of objects: they have no streams, but names and scripts. */
function readObjectStream(data: Uint8Array, { entries }: PdfDictionary, document: Document): void {
  const first = entries.get('First');
  let at = typeof first === 'number' && first >= 0 && first < data.length ? Math.floor(first) : 0;
  for (let count = 0; at < data.length && count < maxObjects; count += 1) {
    document.room.checkTime();
    const { value, end } = readPdfValue(data, at, Math.min(data.length, at + maxValueBytes));
    // Strings in it are encrypted only with it.
    if (isDictionary(value)) readDictionaries(value, { object: count, generation: 0 }, { ...document, decrypt: null });
    at = Math.max(end, at + 1);
  }
}

/** Finds the names of embedded files, and scripts, in a dictionary and those within it. */
function readDictionaries(
  value: PdfDictionary,
  of: Pick<PdfObject, 'object' | 'generation'>,
  document: Document,
): void {
  const waiting: PdfValue[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === null || typeof next !== 'object') continue;
    for (const inner of next.kind === 'array' ? next.values : []) if (isContainer(inner)) waiting.push(inner);
    if (next.kind !== 'dictionary') continue;
    const { entries } = next;
    const files = entries.get('EF');
    if (isDictionary(files)) nameFiles(files, entries, of, document);
    const script = entries.get('JS');
    if (typeof script === 'object' && script?.kind === 'string') {
      const text = pdfText(decryptString(document.decrypt, script.bytes, of.object, of.generation));
      document.room.member(
        `object ${of.object} JavaScript`,
        Buffer.from(text, text === script.bytes ? 'latin1' : 'utf8'),
      );
    }
    for (const inner of entries.values()) if (isContainer(inner)) waiting.push(inner);
  }
}

function isContainer(value: PdfValue): boolean {
  return value !== null && typeof value === 'object' && (value.kind === 'array' || value.kind === 'dictionary');
}

function nameFiles(
  files: PdfDictionary,
  specification: PdfDictionary['entries'],
  of: Pick<PdfObject, 'object' | 'generation'>,
  { names, decrypt }: Document,
): void {
  const name = specification.get('UF') ?? specification.get('F');
  if (typeof name !== 'object' || name?.kind !== 'string') return;
  for (const file of files.entries.values()) {
    if (typeof file !== 'object' || file?.kind !== 'reference' || names.size >= maxNames) continue;
    names.set(file.object, pdfText(decryptString(decrypt, name.bytes, of.object, of.generation)));
  }
}
