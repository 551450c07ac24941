import { createHash } from 'node:crypto';
import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf, RearviewError } from '../domain/errors.ts';
import { externalNames } from '../domain/externals.ts';
import type { RuleSource } from '../domain/rule.ts';
import type { Ruleset, RulesetImage } from '../domain/ruleset.ts';
import { rulesetId } from './ruleset.ts';

/*
 * Format 2, numbers unsigned 32-bit little-endian:
 *
 *   8 bytes   "REARVIEW"
 *   4 bytes   2, the format
 *   4 bytes   length of the header
 *   32 bytes  SHA-256 of the header
 *   header    JSON: identity, engine, manifest of the rules; length and SHA-256 of each part; what the image fits
 *   sources   JSON of the sources, packed by zstd
 *   image     the memory of the image, packed by zstd, where there is one
 *
 * The image stands last, so that a file cut short within it still has its sources. Format 1 was JSON packed by gzip, without an image.
 */
const magic = Buffer.from('REARVIEW', 'latin1');
const format = 2;
const headerAt = magic.length + 4 + 4 + 32;
/** What a ruleset may unpack to, in bytes: far above any real one, and a bound to what a hostile file can make of itself. */
const maxUnpackedBytes = 512 * 1024 * 1024;
/** An engine's memory ends at 4 GiB. */
const maxMemoryBytes = 4 * 1024 ** 3;
const gzipMagic = Buffer.of(0x1f, 0x8b);
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 19 } };

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const engineSchema = z.object({ name: z.string(), version: z.string() });
const sourcesSchema = z.array(z.object({ namespace: z.string(), source: z.string() }));
const manifestSchema = z.array(
  z.object({
    namespace: z.string(),
    name: z.string(),
    logicHash: hashSchema,
    tags: z.array(z.string()),
    meta: z.array(z.object({ identifier: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
    private: z.boolean(),
    global: z.boolean(),
    dependencies: z.array(z.string()),
  }),
);
const partSchema = z.object({ bytes: z.number().int().nonnegative(), sha256: hashSchema });

const headerSchema = z.object({
  id: hashSchema,
  engine: engineSchema,
  rules: manifestSchema,
  sources: partSchema,
  image: partSchema
    .extend({
      engineSha256: hashSchema,
      baseSha256: hashSchema,
      memoryBytes: z.number().int().positive().max(maxMemoryBytes),
      references: z.number().int().nonnegative(),
      rulesAddress: z.number().int().positive(),
      externals: z.array(z.enum(externalNames)),
    })
    .nullable(),
});

type Header = z.infer<typeof headerSchema>;

const formerSchema = z.object({
  format: z.literal(1),
  id: hashSchema,
  engine: engineSchema,
  sources: sourcesSchema,
  rules: manifestSchema,
});

/** A ruleset as bytes. Equal rulesets give equal bytes, whatever the order of their fields. */
export function encodeRuleset(ruleset: Ruleset): Uint8Array {
  const { image = null } = ruleset;
  const sources = zstdCompressSync(JSON.stringify(sourcesSchema.parse(ruleset.sources)), compression);
  // The schema puts the fields of all objects in its own order.
  const header = Buffer.from(
    JSON.stringify(
      headerSchema.parse({
        ...ruleset,
        sources: part(sources),
        image: image === null ? null : { ...image, ...part(image.memory), externals: [...image.externals] },
      }),
    ),
  );
  const head = Buffer.alloc(headerAt);
  magic.copy(head);
  head.writeUInt32LE(format, magic.length);
  head.writeUInt32LE(header.length, magic.length + 4);
  createHash('sha256')
    .update(header)
    .digest()
    .copy(head, magic.length + 8);
  return Buffer.concat([head, header, sources, image?.memory ?? new Uint8Array()]);
}

/**
 * Reads what `encodeRuleset` wrote. Where only the image is damaged the ruleset comes without it.
 *
 * Damage to the sources is found at once, but they are unpacked when they are first asked for: whoever scans from the image never does.
 * @param onImageDamaged is told what is wrong with the image
 * @param options.maxSourceBytes of the sources, unpacked: what is larger cannot be used. Default: 512 MiB
 * @throws RearviewError `ERR_RULESET_UNUSABLE` where the bytes are no ruleset, are damaged, or have a format of a later version. `sources` of the answer throws
 * it where they are not what the id says.
 */
export function decodeRuleset(
  bytes: Uint8Array,
  onImageDamaged: (why: string) => void = () => undefined,
  { maxSourceBytes = maxUnpackedBytes }: { readonly maxSourceBytes?: number } = {},
): Ruleset {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, gzipMagic.length).equals(gzipMagic)) return decodeFormer(file, maxSourceBytes);
  const { sources, image, ...header } = readHeader(file);
  const sourcesAt = headerAt + file.readUInt32LE(magic.length + 4);
  const packed = takePart(file, sourcesAt, sources);
  if (typeof packed === 'string') throw unusable(`its sources are ${packed}`);
  let unpacked: readonly RuleSource[] | undefined;
  return {
    ...header,
    image: image === null ? null : readImage(file, sourcesAt + sources.bytes, image, onImageDamaged),
    get sources() {
      unpacked ??= unpackSources(packed, header, maxSourceBytes);
      return unpacked;
    },
  };
}

function readImage(
  file: Buffer,
  at: number,
  { bytes, sha256, ...image }: NonNullable<Header['image']>,
  onDamaged: (why: string) => void,
): RulesetImage | null {
  const memory = takePart(file, at, { bytes, sha256 });
  if (typeof memory !== 'string') return { ...image, memory: new Uint8Array(memory) };
  onDamaged(`it is ${memory}`);
  return null;
}

function unpackSources(
  packed: Uint8Array,
  { id, engine }: Pick<Header, 'id' | 'engine'>,
  maxOutputLength: number,
): readonly RuleSource[] {
  const sources = parse(sourcesSchema, () =>
    JSON.parse(zstdDecompressSync(packed, { maxOutputLength }).toString('utf8')),
  );
  requireIdentity({ id, engine, sources });
  return sources;
}

function readHeader(file: Buffer): Header {
  if (!file.subarray(0, magic.length).equals(magic)) throw unusable('it is no ruleset');
  if (file.length < headerAt) throw unusable('it is cut short');
  const found = file.readUInt32LE(magic.length);
  if (found !== format)
    throw unusable(`it has format ${found}, and this version reads format ${format}: update Rearview`);
  const length = file.readUInt32LE(magic.length + 4);
  const sha256 = file.subarray(magic.length + 8, headerAt).toString('hex');
  const header = takePart(file, headerAt, { bytes: length, sha256 });
  if (typeof header === 'string') throw unusable(`its header is ${header}`);
  return parse(headerSchema, () => JSON.parse(header.toString('utf8')));
}

/** The bytes of a part, or what is wrong with them. */
function takePart(file: Buffer, at: number, { bytes, sha256 }: z.infer<typeof partSchema>): Buffer | string {
  const part = file.subarray(at, at + bytes);
  if (part.length < bytes) return `cut short: ${part.length} of ${bytes} bytes`;
  return hashOf(part) === sha256 ? part : 'altered: its SHA-256 is not the one in the header';
}

function part(bytes: Uint8Array): z.infer<typeof partSchema> {
  return { bytes: bytes.length, sha256: hashOf(bytes) };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function decodeFormer(file: Buffer, maxOutputLength: number): Ruleset {
  const { format: _, ...content } = parse(formerSchema, () => {
    const value: unknown = JSON.parse(gunzipSync(file, { maxOutputLength }).toString('utf8'));
    return value;
  });
  requireIdentity(content);
  return { ...content, image: null };
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
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unusable(z.prettifyError(parsed.error));
  return parsed.data;
}

function unusable(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `The ruleset cannot be used: ${why}. Build it again with \`rearview rules build\`.`,
    { cause },
  );
}
