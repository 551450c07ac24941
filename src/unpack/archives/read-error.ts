import type { NotScannedReason } from '../../domain/inside/inside.ts';
import { bufferOf } from '../bytes/read.ts';

/** An error of 7-Zip about a member, or about the archive if `name` is empty. */
export interface ArchiveError {
  /** `closed`: the archive needs another password to be opened. */
  readonly reason: NotScannedReason | 'closed';
  readonly name: string;
  readonly detail: string;
}

/** Reads a line that 7-Zip prints for an error: `ERROR: Data Error : folder/name`. Null for others. */
export function readArchiveError(line: string): ArchiveError | null {
  // They are a part of the file that holds the archive, and scanned with it.
  if (/There are (?:some )?data after the end/.test(line)) return null;
  const ofArchive = (reason: ArchiveError['reason']) => ({ reason, name: '', detail: line });
  if (/^(?:Open ERROR: )?Cannot open encrypted archive/.test(line)) return ofArchive('closed');
  if (/^Headers Error in encrypted archive/.test(line)) return ofArchive('closed');
  if (/^(?:Open ERROR:|Unexpected end of (?:archive|data)|Headers Error|Is not archive)/.test(line)) {
    return ofArchive('damaged');
  }
  const [, message = '', stated = ''] = /^(?:ERROR|WARNING): (.+?)(?: : (.*))?$/s.exec(line) ?? [];
  // A file is gone as soon as it is closed.
  if (message === 'Cannot set file attribute' || message === "can't delete file") return null;
  const name = stated.replace(/^errno=\d{1,4} : [^:]{1,100} : \/box\/out\//, '');
  // The archive itself; the next lines state the error.
  if (message === '' || message.startsWith('/box/') || /(?:symbolic|hard) link/.test(line)) return null;
  if (/allocate|memory/i.test(message)) return { reason: 'out_of_memory', name, detail: message };
  if (/password/i.test(message)) return { reason: 'encrypted', name, detail: message };
  if (/Unsupported/i.test(message)) return { reason: 'unsupported', name, detail: message };
  return { reason: 'damaged', name, detail: message };
}

const aesMethod = Buffer.from('06f10701', 'hex');
const sevenZipStartBytes = 32;

/**
 * Whether the list of members of an archive is encrypted. 7-Zip does not always say that a password
 * is wrong.
 */
export function hasEncryptedHeaders(type: string, content: Uint8Array): boolean {
  const bytes = bufferOf(content);
  if (type === '7z') {
    if (bytes.length < sevenZipStartBytes) return false;
    const from = sevenZipStartBytes + Number(bytes.readBigUInt64LE(12) & 0xffff_ffff_ffffn);
    return bytes.subarray(from, from + Number(bytes.readBigUInt64LE(20) & 0xffff_ffffn)).includes(aesMethod);
  }
  // The flag of the main header; the type of the first header.
  if (type === 'Rar') return bytes.length > 11 && ((bytes[10] ?? 0) & 0x80) !== 0;
  return type === 'Rar5' && bytes.length > 14 && bytes.subarray(12, 15).includes(4);
}
