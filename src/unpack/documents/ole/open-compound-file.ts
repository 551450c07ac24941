import { inflate } from '../../bytes/inflate.ts';
import { decodeMember } from '../../bytes/output.ts';
import { cString, offsetsOf, u16, u32 } from '../../bytes/read.ts';
import type { Opener, Room } from '../../types.ts';
import { type Entry, readCompoundFile } from './compound-file.ts';
import { attachmentNames } from './message-names.ts';
import { msiName } from './msi-name.ts';
import { openModule, type VbaModule, vbaModules } from './vba.ts';

/**
 * Gives every stream of a document, installer package or Outlook message, then the source of its
 * macros, and what is in its streams in a form of its own.
 */
export const openCompoundFile: Opener = (content, room) => {
  const file = readCompoundFile(content, room);
  const attachments = attachmentNames(file);
  const modules = new Map<string, Map<string, VbaModule>>();
  for (const entry of file.entries) {
    if (!entry.isStream || entry.name.toLowerCase() !== 'dir') continue;
    if (entry.size > maxDirBytes || modules.size >= maxDirs) continue;
    const found = vbaModules(file.read(entry), room);
    modules.set(folderOf(entry), new Map(found.map((module) => [module.stream.toLowerCase(), module])));
  }
  if (file.entries.length === 0) throw new Error('no directory');
  for (const entry of file.entries) {
    if (!entry.isStream) continue;
    const bytes = file.read(entry);
    const path = entry.path.map(msiName).join('/');
    room.member(attachments.get(entry.path.join('/')) ?? path, bytes);
    if (bytes.length < entry.size) room.missed(path, 'damaged', `${bytes.length} of ${entry.size} bytes`);
    const module = modules.get(folderOf(entry))?.get(entry.name.toLowerCase());
    if (entry.name.toLowerCase() !== 'dir') openModule(bytes, module?.name ?? entry.name, module?.offset ?? null, room);
    openStream(entry, bytes, room);
  }
};

/** Largest stream `dir` that is read: one names the modules of a project. */
const maxDirBytes = 1024 * 1024;
const maxDirs = 16;

function folderOf({ path }: Entry): string {
  return path.slice(0, -1).join('/').toLowerCase();
}

function openStream({ name }: Entry, bytes: Uint8Array, room: Room): void {
  if (name === '\x01Ole10Native') openPackage(bytes, room);
  else if (name === 'PowerPoint Document') openPowerPoint(bytes, room);
  else if (name === 'EncryptedPackage') room.missed(name, 'encrypted');
  else if (name === 'Workbook' || name === 'Book') {
    if (isEncryptedWorkbook(bytes)) room.missed(name, 'encrypted');
  } else if (name === 'WordDocument' && u16(bytes, 0) === wordMagic && (u16(bytes, 10) & isEncryptedWord) !== 0) {
    room.missed(name, 'encrypted');
  }
}

const wordMagic = 0xa5ec;
const isEncryptedWord = 0x100;
const filePass = 0x2f;
/** The record FILEPASS is one of the first. */
const maxFirstRecords = 8;

function isEncryptedWorkbook(bytes: Uint8Array): boolean {
  for (let at = 0, count = 0; at + 4 <= bytes.length && count < maxFirstRecords; count += 1) {
    if (u16(bytes, at) === filePass) return true;
    at += 4 + u16(bytes, at + 2);
  }
  return false;
}

/** A file that was dropped into a document (OLE 1.0, "Packager"). */
export function openPackage(bytes: Uint8Array, room: Room): void {
  let at = 6;
  const label = cString(bytes, at);
  at += label.length + 1;
  const path = cString(bytes, at);
  at += path.length + 1 + 4;
  const temporary = u32(bytes, at);
  at += 4 + temporary;
  const size = u32(bytes, at);
  at += 4;
  if (size === 0 || at + size > bytes.length || u16(bytes, 4) !== 2) return;
  room.member(label || path || 'package', bytes.subarray(at, at + size));
}

/** The start of a record `ExOleObjStg` that is compressed (MS-PPT 2.10.34). */
const compressedObject = '\x10\x00\x11\x10';
const recordBytes = 8;
const sizeBytes = 4;

/** Objects and macros of a presentation are compressed files in its one stream. */
function openPowerPoint(bytes: Uint8Array, room: Room): void {
  let count = 0;
  let end = 0;
  for (const at of offsetsOf(bytes, compressedObject)) {
    if (at < end) continue;
    end = at + recordBytes + u32(bytes, at + 4);
    const data = bytes.subarray(at + recordBytes + sizeBytes, end);
    if (((data[0] ?? 0) & 0x0f) !== 8) continue;
    count += 1;
    decodeMember(`object${count}.bin`, room, (output) => inflate(data, output, room));
  }
}
