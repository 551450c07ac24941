import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import type * as z from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
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
 *   header      JSON: identity, engine, manifest of the rules; length and SHA-256 of each part;
 *               the properties of the engine that the image fits
 *   signatures  JSON: key ids and signatures over `signedMessage` of the header
 *   sources     JSON of the sources, compressed with zstd
 *   image       the memory of the image, compressed with zstd, if there is one
 *
 * The image comes last, so that a file truncated within it still has its sources. Format 2 had no
 * signatures. Format 1 was JSON compressed with gzip, without an image.
 */
export const magic = Buffer.from('REARVIEW', 'latin1');
export const format = 1;
/** Offset of the length of the header. The SHA-256 of the header follows. */
export const lengthAt = magic.length + 4;
/** Offset of the header in format 2, and of the length of the signatures in format 3. */
export const headEnd = lengthAt + 4 + 32;

/** A parsed ruleset file. It is complete, and nothing else about it is trusted yet. */
export interface RulesetFile {
  readonly id: string;
  readonly engine: Ruleset['engine'];
  /** The manifest in the file. */
  readonly rules: readonly RuleEntry[];
  readonly leftOut?: readonly LeftOutRule[];
  /** Null if they are damaged. Empty in formats 1 and 2. */
  readonly signatures: readonly RulesetSignature[] | null;
  /** The signed message. Empty in formats 1 and 2. */
  readonly message: Uint8Array;
  /** The image; null if there is none, and a text with the reason if it is damaged. */
  readonly image: RulesetImage | string | null;
  /**
   * Decompresses the sources on each call.
   * @throws RearviewError `ERR_RULESET_UNUSABLE` if they do not match the id
   */
  unpackSources(maxBytes: number): readonly RuleSource[];
}

/**
 * Parses a ruleset file of any format.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` if the bytes are not a ruleset, are damaged outside
 *   the image and the signatures, or have a later format
 */
export function parseRulesetFile(bytes: Uint8Array): RulesetFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, magic.length).equals(magic)) throw unusable('it is not a ruleset');
  const headerAt = headEnd + 4;
  if (file.length < headerAt) throw unusable('it is truncated');
  const found = file.readUInt32LE(magic.length);
  if (found !== format) {
    throw unusable(`its format is ${found}, and this version of Rearview supports format ${format}: update Rearview`);
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
  const { id, engine, rules, leftOut } = header;
  return {
    ...{ id, engine, rules },
    ...(leftOut === undefined ? {} : { leftOut }),
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

/** Returns the bytes of a part, or what is wrong with them. */
function takePart(file: Buffer, at: number, { bytes, sha256 }: z.infer<typeof partSchema>): Buffer | string {
  const part = file.subarray(at, at + bytes);
  if (part.length < bytes) return `truncated: ${part.length} of ${bytes} bytes`;
  return hashOf(part) === sha256 ? part : 'altered: its SHA-256 is not the one in the header';
}

function requireIdentity({ id, engine, sources }: Pick<Ruleset, 'id' | 'engine' | 'sources'>): void {
  const found = rulesetId(sources, engine);
  if (found !== id) throw unusable(`its id is ${id}, but its content has the id ${found}`);
}

function parse<T>(schema: z.ZodType<T>, read: () => unknown): T {
  let value: unknown;
  try {
    value = read();
  } catch (cause) {
    throw unusable(`it is damaged or truncated (${messageOf(cause)})`, cause);
  }
  const parsed = checkShape(schema, value);
  if (!parsed.success) throw unusable(describeIssues(parsed.error));
  return parsed.data;
}
