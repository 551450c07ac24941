import { archiveFormats } from './archives/formats.ts';
import { localMagic, readLocal } from './archives/zip/zip-entry.ts';
import { bufferOf } from './bytes/read.ts';
import { documentFormats } from './documents/formats.ts';
import { mailFormats } from './mail/formats.ts';
import { createProbe } from './probe.ts';
import type { Format, Probe } from './types.ts';

/**
 * Types of files by the first bytes, the longest magic of a beginning first. The names are those
 * that public rules compare with: upper case, or as the file type signatures of signature-base
 * write them (https://github.com/Neo23x0/signature-base, misc/file-type-signatures.txt).
 */
const magics: readonly (readonly [magic: string, type: string])[] = [
  ['MZ', 'EXE'],
  ['ZM', 'EXE'],
  ['\x7fELF', 'ELF'],
  ['\xfe\xed\xfa\xce', 'MACHO'],
  ['\xfe\xed\xfa\xcf', 'MACHO'],
  ['\xce\xfa\xed\xfe', 'MACHO'],
  ['\xcf\xfa\xed\xfe', 'MACHO'],
  ['dex\n', 'DEX'],
  ['\0asm', 'WASM'],
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF8', 'GIF'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['FWS', 'SWF'],
  ['CWS', 'SWF'],
  ['ZWS', 'SWF'],
  ['ID3', 'MP3'],
  ['MDMP', 'MDMP'],
  ['PAGEDU', 'DMP'],
  ['regf', 'Registry Hive'],
  ['ElfFile\0', 'EVTX'],
  ['0\0\0\0LfLe', 'EVT'],
  ['FILE0', 'NTFS MFT'],
  ['SQLite format 3\0', 'SQLITE'],
  ['\xd4\xc3\xb2\xa1', 'WINPCAP'],
  ['\xa1\xb2\xc3\xd4', 'LIBPCAP'],
  ['\xa1\xb2\xcd\x34', 'LIBPCAP'],
  ['\x0a\x0d\x0d\x0a', 'PCAPNG'],
  ['AES\0', 'AESCrypt'],
  ['AES\x01', 'AESCrypt'],
  ['AES\x02', 'AESCrypt'],
  ['\x1f\xa0', 'TARZ'],
  ['#!/', 'UNIX SCRIPT'],
  ['#!', 'Script'],
  ['<?php', 'PHP'],
  ['<?xm', 'XML'],
  ['<?XM', 'XML'],
  ['<%', 'JSP'],
];

/** Types of the formats that are recognized as containers, by name. */
const typesOfFormats: Readonly<Record<string, string>> = {
  gzip: 'GZIP',
  bzip2: 'BZip2',
  xz: 'XZ',
  zstd: 'ZSTD',
  compress: 'TARZ',
  '7z': '7Zip',
  rar: 'RAR',
  rar5: 'RAR',
  cab: 'CAB',
  tar: 'TAR',
  cpio: 'CPIO',
  ar: 'AR',
  rpm: 'RPM',
  wim: 'WIM',
  arj: 'ARJ',
  lzh: 'LZH',
  ace: 'ACE',
  chm: 'CHM',
  xar: 'XAR',
  iso: 'ISO',
  vhd: 'VHD',
  vhdx: 'VHDX',
  vmdk: 'VMDK',
  ole: 'OLE',
  pdf: 'PDF',
  rtf: 'RTF',
  onenote: 'ONENOTE',
  lnk: 'LNK',
  mail: 'EML',
  mbox: 'MBOX',
};

const typedFormats: readonly Format[] = [...archiveFormats, ...documentFormats, ...mailFormats].filter(({ name }) =>
  Object.hasOwn(typesOfFormats, name),
);

/**
 * The type of a file by its content, whatever its name is: `EXE`, `ELF`, `PDF`. Empty if it is not
 * known. A program with an archive behind it is a program.
 */
export function fileTypeOf(bytes: Uint8Array): string {
  const probe = createProbe(bytes);
  const known = magics.find(([magic]) => probe.has(magic));
  if (known !== undefined) return known[1];
  if (probe.has('\xca\xfe\xba\xbe')) return isUniversalBinary(bytes) ? 'MACHO' : 'Class';
  if (probe.has('PK')) return zipType(probe);
  const format = typedFormats.find((each) => each.find(probe, []) !== null);
  return format === undefined ? '' : (typesOfFormats[format.name] ?? '');
}

/** Java classes have the same magic, and their version where a universal binary has few parts. */
function isUniversalBinary(bytes: Uint8Array): boolean {
  return bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && (bytes[7] ?? 0) < 40;
}

function zipType(probe: Probe): string {
  if (probe.has('PK\x05\x06')) return 'PKZIP';
  if (probe.has('PKSpX')) return 'PKSFX';
  if (!probe.has(localMagic)) return '';
  const first = readLocal(bufferOf(probe.bytes), 0)?.name ?? '';
  if (/^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|xl\/|ppt\/)/.test(first)) return 'Office';
  return /^META-INF\//.test(first) ? 'JAR' : 'ZIP';
}
