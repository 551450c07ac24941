import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import type { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { RuleEntry, RuleSource } from '../../domain/rulesets/rule.ts';
import type { Ruleset, RulesetImage } from '../../domain/rulesets/ruleset.ts';
import { checkShape, describeIssues } from '../../domain/text/check-shape.ts';
import { rulesetId } from '../ruleset.ts';
import { headerSchema, type partSchema, type RulesetHeader, sourcesSchema } from './ruleset-header.ts';
import { decodeSignatures, type RulesetSignature, signedMessage } from './ruleset-signature.ts';
import { unusable } from './ruleset-unusable.ts';

/*
 * Format 1, numbers unsigned 32-bit little-endian:
 *
 *   8 bytes     "REARVIEW"
 *   4 bytes     1, the format
 *   4 bytes     length of the header
 *   32 bytes    SHA-256 of the header
 *   4 bytes     length of the signatures
 *   header      JSON: identity, engine, manifest of the rules; length and SHA-256 of each part; what the image fits
 *   signatures  JSON: key ids and signatures over `signedMessage` of the header
 *   sources     JSON of the sources, packed by zstd
 *   image       the memory of the image, packed by zstd, where there is one
 *
 * The image stands last, so that a file cut short within it still has its sources.
 */
export const magic = Buffer.from('REARVIEW', 'latin1');
export const format = 1;
/** Where the length of the header is; its SHA-256 follows. */
export const lengthAt = magic.length + 4;
/** Where the length of the signatures is; the header follows. */
export const headEnd = lengthAt + 4 + 32;

/** A ruleset file, taken apart. Nothing of it is believed yet but that it is whole. */
export interface RulesetFile {
  readonly id: string;
  readonly engine: Ruleset['engine'];
  /** The manifest as the file has it. */
  readonly rules: readonly RuleEntry[];
  /** Null where they are damaged. */
  readonly signatures: readonly RulesetSignature[] | null;
  /** The bytes that they sign. */
  readonly message: Uint8Array;
  /** The image; null where there is none, and a text where it is damaged, which says how. */
  readonly image: RulesetImage | string | null;
  /**
   * Unpacks the sources, at each call.
   * @throws RearviewError `ERR_RULESET_UNUSABLE` where they are not what the id says
   */
  unpackSources(maxBytes: number): readonly RuleSource[];
}

/**
 * Takes a ruleset file apart.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` where the bytes are not a ruleset, are damaged outside the image and the signatures, or have another format
 */
export function parseRulesetFile(bytes: Uint8Array): RulesetFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, magic.length).equals(magic)) throw unusable('it is no ruleset');
  const headerAt = headEnd + 4;
  if (file.length < headerAt) throw unusable('it is cut short');
  const found = file.readUInt32LE(magic.length);
  if (found !== format) {
    throw unusable(`it has format ${found}, and this version reads format ${format}: update Rearview`);
  }
  const length = file.readUInt32LE(lengthAt);
  const sha256 = file.subarray(lengthAt + 4, headEnd).toString('hex');
  const headerBytes = takePart(file, headerAt, { bytes: length, sha256 });
  if (typeof headerBytes === 'string') throw unusable(`its header is ${headerBytes}`);
  const header = parse(headerSchema, () => JSON.parse(headerBytes.toString('utf8')));
  const signaturesAt = headerAt + length;
  const sourcesAt = signaturesAt + file.readUInt32LE(headEnd);
  const packed = takePart(file, sourcesAt, header.sources);
  if (typeof packed === 'string') throw unusable(`its sources are ${packed}`);
  const { id, engine, rules } = header;
  return {
    ...{ id, engine, rules },
    signatures: decodeSignatures(file.subarray(signaturesAt, sourcesAt)),
    message: signedMessage(headerBytes),
    get image() {
      return readImage(file, sourcesAt + header.sources.bytes, header.image);
    },
    unpackSources: (maxOutputLength) => {
      const sources = parse(sourcesSchema, () =>
        JSON.parse(zstdDecompressSync(packed, { maxOutputLength }).toString('utf8')),
      );
      requireIdentity({ id, engine, sources });
      return sources;
    },
  };
}

/** Lower-case hex SHA-256. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readImage(file: Buffer, at: number, header: RulesetHeader['image']): RulesetImage | string | null {
  if (header === null) return null;
  const { bytes, sha256, ...image } = header;
  const memory = takePart(file, at, { bytes, sha256 });
  return typeof memory === 'string' ? `it is ${memory}` : { ...image, memory: new Uint8Array(memory) };
}

/** The bytes of a part, or what is wrong with them. */
function takePart(file: Buffer, at: number, { bytes, sha256 }: z.infer<typeof partSchema>): Buffer | string {
  const part = file.subarray(at, at + bytes);
  if (part.length < bytes) return `cut short: ${part.length} of ${bytes} bytes`;
  return hashOf(part) === sha256 ? part : 'altered: its SHA-256 is not the one in the header';
}

function requireIdentity({ id, engine, sources }: Pick<Ruleset, 'id' | 'engine' | 'sources'>): void {
  const found = rulesetId(sources, engine);
  if (found !== id) throw unusable(`it calls itself ${id}, but its content is ${found}`);
}

function parse<T>(schema: z.ZodType<T>, read: () => unknown): T {
  let value: unknown;
  try {
    value = read();
  } catch (cause) {
    throw unusable(`it is damaged or cut short (${messageOf(cause)})`, cause);
  }
  const parsed = checkShape(schema, value);
  if (!parsed.success) throw unusable(describeIssues(parsed.error));
  return parsed.data;
}
