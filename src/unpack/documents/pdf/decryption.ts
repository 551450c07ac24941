import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { latin1 } from '../../bytes/read.ts';
import { isDictionary, nameOf, type PdfDictionary, type PdfValue } from './pdf-value.ts';
import { rc4 } from './rc4.ts';

/** Decrypts the strings and streams of an object. */
export type Decrypt = (data: Uint8Array, object: number, generation: number) => Uint8Array;

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

type Method = 'rc4' | 'aes128' | 'aes256' | 'none';

/**
 * The decryption of a document with a password for users (ISO 32000-2, 7.6): almost always none.
 * Null if no password fits, or the method is not known.
 */
export function pdfDecryption(encrypt: PdfDictionary, id: string, passwords: readonly string[]): Decrypt | null {
  const { entries } = encrypt;
  const version = numberOf(entries.get('V'));
  const revision = numberOf(entries.get('R'));
  const method = methodOf(entries, version);
  if (nameOf(entries.get('Filter')) !== 'Standard' || method === null) return null;
  for (const password of ['', ...passwords]) {
    const key = revision >= 5 ? newKey(entries, password, revision) : oldKey(entries, password, id, version, revision);
    if (key !== null) return (data, object, generation) => decrypt(method, key, data, object, generation);
  }
  return null;
}

function methodOf(entries: PdfDictionary['entries'], version: number): Method | null {
  if (version === 1 || version === 2) return 'rc4';
  if (version !== 4 && version !== 5) return null;
  const filters = entries.get('CF');
  const name = nameOf(entries.get('StmF')) ?? 'Identity';
  if (name === 'Identity') return 'none';
  const filter = isDictionary(filters) ? filters.entries.get(name) : undefined;
  const method = isDictionary(filter) ? nameOf(filter.entries.get('CFM')) : undefined;
  const methods: Readonly<Record<string, Method>> = { None: 'none', V2: 'rc4', AESV2: 'aes128', AESV3: 'aes256' };
  return methods[method ?? 'None'] ?? null;
}

function decrypt(method: Method, key: Buffer, data: Uint8Array, object: number, generation: number): Uint8Array {
  if (method === 'none') return data;
  if (method === 'aes256') return decryptAes('aes-256-cbc', key, data);
  const suffix = Buffer.from([object, object >> 8, object >> 16, generation, generation >> 8]);
  const salt = method === 'aes128' ? Buffer.from('sAlT') : Buffer.alloc(0);
  const own = md5(key, suffix, salt).subarray(0, Math.min(16, key.length + 5));
  return method === 'rc4' ? rc4(own, data) : decryptAes('aes-128-cbc', own, data);
}

const blockBytes = 16;

function decryptAes(algorithm: string, key: Buffer, data: Uint8Array): Uint8Array {
  const blocks = data.subarray(blockBytes, data.length - (data.length % blockBytes));
  if (blocks.length === 0) return new Uint8Array(0);
  const cipher = createDecipheriv(algorithm, key, data.subarray(0, blockBytes)).setAutoPadding(false);
  const plain = Buffer.concat([cipher.update(blocks), cipher.final()]);
  const pad = plain.at(-1) ?? 0;
  return pad >= 1 && pad <= blockBytes ? plain.subarray(0, plain.length - pad) : plain;
}

function oldKey(entries: PdfDictionary['entries'], password: string, id: string, version: number, revision: number) {
  const bytes =
    version === 1 ? 5 : Math.min(16, Math.max(5, numberOf(entries.get('Length'), version === 4 ? 128 : 40) >> 3));
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(numberOf(entries.get('P')) | 0);
  const open = revision >= 4 && entries.get('EncryptMetadata') === false ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  const padded = Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
  const idBytes = Buffer.from(id, 'latin1');
  let key = md5(padded, stringOf(entries.get('O')).subarray(0, 32), permissions, idBytes, open).subarray(0, bytes);
  if (revision >= 3) for (let round = 0; round < 50; round += 1) key = md5(key).subarray(0, bytes);
  const user = stringOf(entries.get('U'));
  if (revision === 2) return Buffer.from(rc4(key, padding)).equals(user) ? key : null;
  let check: Uint8Array = md5(padding, idBytes);
  for (let round = 0; round < 20; round += 1)
    check = rc4(
      key.map((byte) => byte ^ round),
      check,
    );
  return Buffer.from(check).equals(user.subarray(0, 16)) ? key : null;
}

function newKey(entries: PdfDictionary['entries'], password: string, revision: number): Buffer | null {
  const user = stringOf(entries.get('U'));
  const wrapped = stringOf(entries.get('UE')).subarray(0, 32);
  if (user.length < 48 || wrapped.length < 32) return null;
  const secret = Buffer.from(password, 'utf8').subarray(0, 127);
  const hash = (salt: Buffer) => (revision === 5 ? sha(256, secret, salt) : hardened(secret, salt));
  if (!hash(user.subarray(32, 40)).equals(user.subarray(0, 32))) return null;
  const cipher = createDecipheriv('aes-256-cbc', hash(user.subarray(40, 48)), Buffer.alloc(blockBytes)).setAutoPadding(
    false,
  );
  return Buffer.concat([cipher.update(wrapped), cipher.final()]);
}

const firstRounds = 64;
/** A round ends the hash by a byte below a number that rises: 287 at most. */
const maxRounds = 320;

/** Algorithm 2.B of ISO 32000-2. */
function hardened(secret: Buffer, salt: Buffer): Buffer {
  let key = sha(256, secret, salt);
  for (let round = 0; round < maxRounds; round += 1) {
    const once = Buffer.concat([secret, key]);
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => once));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false);
    const mixed = Buffer.concat([cipher.update(repeated), cipher.final()]);
    const rest = mixed.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = sha(rest === 0 ? 256 : rest === 1 ? 384 : 512, mixed);
    if (round >= firstRounds - 1 && (mixed.at(-1) ?? 0) <= round - 31) break;
  }
  return key.subarray(0, 32);
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function sha(bits: number, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(`sha${bits}`);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function numberOf(value: PdfValue | undefined, fallback = 0): number {
  return typeof value === 'number' ? value : fallback;
}

function stringOf(value: PdfValue | undefined): Buffer {
  return Buffer.from(typeof value === 'object' && value?.kind === 'string' ? value.bytes : '', 'latin1');
}

/** The strings of an object, decrypted. One character per byte. */
export function decryptString(decrypt: Decrypt | null, bytes: string, object: number, generation: number): string {
  if (decrypt === null) return bytes;
  return latin1(decrypt(Buffer.from(bytes, 'latin1'), object, generation));
}
