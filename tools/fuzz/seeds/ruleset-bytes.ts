import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { jsonOf } from '../../../src/handlers/events/work-items.ts';
import { format as currentFormat } from '../../../src/rules/file/parse-ruleset-file.ts';
import { buildRuleset } from '../../../src/rules/ruleset.ts';
import { encodeRuleset } from '../../../src/rules/ruleset-file.ts';
import { readJson, type Tree } from '../mutate/tree.ts';

const magic = 'REARVIEW';
const headEnd = magic.length + 4 + 4 + 32;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const sources = [
  { namespace: 'a.yar', source: 'rule a : t { meta: m = "x" n = 1 strings: $a = "x" condition: $a }' },
  { namespace: 'b/b.yar', source: 'private rule b { condition: true } rule c { condition: b }' },
];

export const ruleset = buildRuleset(sources, { name: 'yara-x', version: '1.20.0' });

/** An image of no real engine: its bytes are opaque to the file. */
const image = {
  ...{ engineSha256: 'a'.repeat(64), baseSha256: 'b'.repeat(64), memoryBytes: 65_536, references: 4, rulesAddress: 16 },
  ...{ externals: ['filename'] as const, memory: new Uint8Array(Buffer.from('memory')) },
};

export const rulesetFiles: readonly Uint8Array[] = [encodeRuleset(ruleset), encodeRuleset({ ...ruleset, image })];

/** The content of a file as JSON: `format`, `header` and `sources`, the input of `packRuleset`. */
export function rulesetContent(): string {
  const file = Buffer.from(rulesetFiles[1] ?? []);
  const { format, header } = takeApart(file);
  return JSON.stringify({ format, header: readJson(header.toString()), signatures: [], sources });
}

/**
 * Makes a file of any content, with the correct lengths and hashes unless the content has its own.
 */
export function packRuleset(content: Tree): Buffer {
  const given = fieldsOf(content);
  const packed = zstdCompressSync(jsonOf(given['sources'] ?? null));
  const memory = Buffer.from('memory');
  const header = fieldsOf(given['header'] ?? null);
  const part = (of: Tree | undefined, bytes: Uint8Array): Tree =>
    of === null ? null : { ...fieldsOf(of ?? {}), bytes: bytes.length, sha256: sha256(bytes).toString('hex') };
  const whole = {
    ...header,
    sources: part(header['sources'] ?? {}, packed),
    image: part(header['image'] ?? null, memory),
  };
  const signatures = Buffer.from(jsonOf(given['signatures'] ?? []));
  return assemble(numberOf(given['format'] ?? currentFormat), Buffer.from(jsonOf(whole)), signatures, packed, memory);
}

/**
 * A mutated file with the correct hash of its header, and there the correct hashes of its parts.
 * Files of other formats stay unchanged.
 */
export function repairRuleset(file: Buffer): Buffer {
  if (file.length < headEnd + 4 || file.toString('latin1', 0, magic.length) !== magic) return file;
  const { format, header: written, signatures, rest } = takeApart(file);
  const header = readJson(written.toString());
  const { sources: own, image: of, ...others } = fieldsOf(header);
  if (own === undefined) return assemble(format, written, signatures, rest);
  const sourcesBytes = Math.max(0, Math.min(numberOf(fieldsOf(own)['bytes'] ?? 0), rest.length));
  const part = (fields: Tree, bytes: Uint8Array): Tree => ({
    ...fieldsOf(fields),
    bytes: bytes.length,
    sha256: sha256(bytes).toString('hex'),
  });
  const [packed, memory] = [rest.subarray(0, sourcesBytes), rest.subarray(sourcesBytes)];
  const whole = {
    ...others,
    sources: part(own, packed),
    image: of === null || of === undefined ? null : part(of, memory),
  };
  return assemble(format, Buffer.from(jsonOf(whole)), signatures, packed, memory);
}

/** The parts of a file by their stated lengths, as far as they exist. */
function takeApart(file: Buffer) {
  const format = file.readUInt32LE(magic.length);
  const headerAt = headEnd + 4;
  const length = Math.min(file.readUInt32LE(magic.length + 4), file.length - headerAt);
  const signaturesAt = headerAt + length;
  const signed = Math.min(file.readUInt32LE(headEnd), file.length - signaturesAt);
  const header = file.subarray(headerAt, signaturesAt);
  const signatures = file.subarray(signaturesAt, signaturesAt + signed);
  return { format, header, signatures, rest: file.subarray(signaturesAt + signed) };
}

function assemble(format: number, header: Uint8Array, signatures: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(format >>> 0);
  head.writeUInt32LE(header.length, 4);
  const signedLength = Buffer.alloc(4);
  signedLength.writeUInt32LE(signatures.length);
  return Buffer.concat([Buffer.from(magic), head, sha256(header), signedLength, header, signatures, ...parts]);
}

function numberOf(tree: Tree): number {
  return typeof tree === 'number' && Number.isFinite(tree) ? tree : 0;
}

function fieldsOf(tree: Tree): { readonly [key: string]: Tree } {
  return typeof tree === 'object' && tree !== null ? Object.fromEntries(Object.entries(tree)) : {};
}
