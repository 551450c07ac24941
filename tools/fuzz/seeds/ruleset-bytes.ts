import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { buildRuleset } from '../../../src/rules/ruleset.ts';
import { encodeRuleset } from '../../../src/rules/ruleset-file.ts';
import { readJson, type Tree } from '../mutate/tree.ts';

const magic = 'REARVIEW';
const headerAt = magic.length + 4 + 4 + 32;
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const sources = [
  { namespace: 'a.yar', source: 'rule a : t { meta: m = "x" n = 1 strings: $a = "x" condition: $a }' },
  { namespace: 'b/b.yar', source: 'private rule b { condition: true } rule c { condition: b }' },
];

export const ruleset = buildRuleset(sources, { name: 'yara-x', version: '1.20.0' });

/** An image of no engine: its bytes are opaque to the file. */
const image = {
  ...{ engineSha256: 'a'.repeat(64), baseSha256: 'b'.repeat(64), memoryBytes: 65_536, references: 4, rulesAddress: 16 },
  ...{ externals: ['filename'] as const, memory: new Uint8Array(Buffer.from('memory')) },
};

export const rulesetFiles: readonly Uint8Array[] = [encodeRuleset(ruleset), encodeRuleset({ ...ruleset, image })];

/** The content of a file as JSON: `format`, `header` and `sources`, of which `packRuleset` makes the file. */
export function rulesetContent(): string {
  const file = Buffer.from(rulesetFiles[1] ?? []);
  const length = file.readUInt32LE(magic.length + 4);
  const header = readJson(file.subarray(headerAt, headerAt + length).toString());
  return JSON.stringify({ format: file.readUInt32LE(magic.length), header, sources });
}

/** A file of any content, with the lengths and hashes that belong to it where the content leaves them out or has them. */
export function packRuleset(content: Tree): Buffer {
  const given = fieldsOf(content);
  const packed = zstdCompressSync(JSON.stringify(given['sources'] ?? null));
  const memory = Buffer.from('memory');
  const header = fieldsOf(given['header'] ?? null);
  const part = (of: Tree | undefined, bytes: Uint8Array): Tree =>
    of === null ? null : { ...fieldsOf(of ?? {}), bytes: bytes.length, sha256: sha256(bytes).toString('hex') };
  const whole = {
    ...header,
    sources: part(header['sources'] ?? {}, packed),
    image: part(header['image'] ?? null, memory),
  };
  return assemble(Number(given['format'] ?? 2), Buffer.from(JSON.stringify(whole)), packed, memory);
}

/** A mutated file with the right hash of its header, and in that the right hashes of its parts. Files of other formats stay as they are. */
export function repairRuleset(file: Buffer): Buffer {
  if (file.length < headerAt || file.toString('latin1', 0, magic.length) !== magic) return file;
  const format = file.readUInt32LE(magic.length);
  const length = Math.min(file.readUInt32LE(magic.length + 4), file.length - headerAt);
  const written = file.subarray(headerAt, headerAt + length);
  const header = readJson(written.toString());
  const rest = file.subarray(headerAt + length);
  const { sources: own, image: of, ...others } = fieldsOf(header);
  if (own === undefined) return assemble(format, written, rest);
  const sourcesBytes = Math.max(0, Math.min(Number(fieldsOf(own)['bytes']) || 0, rest.length));
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
  return assemble(format, Buffer.from(JSON.stringify(whole)), packed, memory);
}

function assemble(format: number, header: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(format >>> 0);
  head.writeUInt32LE(header.length, 4);
  return Buffer.concat([Buffer.from(magic), head, sha256(header), header, ...parts]);
}

function fieldsOf(tree: Tree): { readonly [key: string]: Tree } {
  return typeof tree === 'object' && tree !== null ? Object.fromEntries(Object.entries(tree)) : {};
}
