import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { rulesetId } from './ruleset.ts';

/** Begins every ruleset file; the byte behind it is the format. */
const magic = Buffer.from('REARVIEW-RULESET');
const format = 1;
/** Sources of rulesets, unpacked; far above any real one, and a bound on what a hostile file can make of itself. */
const maxUnpackedBytes = 1024 * 1024 * 1024;

const schema: z.ZodType<Ruleset> = z.object({
  format: z.literal(1),
  id: z.string(),
  engine: z.object({ name: z.string(), version: z.string() }),
  sources: z.array(z.object({ namespace: z.string(), source: z.string() })),
  rules: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      logicHash: z.string(),
      tags: z.array(z.string()),
      meta: z.array(z.object({ identifier: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
      private: z.boolean(),
      global: z.boolean(),
      dependencies: z.array(z.string()),
    }),
  ),
});

/** A ruleset as bytes: the magic, the format, and JSON packed by zstd. Equal rulesets give equal bytes. */
export function encodeRuleset(ruleset: Ruleset): Uint8Array {
  return Buffer.concat([magic, Buffer.from([format]), zstdCompressSync(JSON.stringify(ruleset))]);
}

/** @throws RearviewError `ERR_RULESET_UNUSABLE` where the bytes are no ruleset, damaged, or of a format to come */
export function decodeRuleset(bytes: Uint8Array): Ruleset {
  if (!magic.equals(bytes.subarray(0, magic.length))) throw unusable('it does not begin as a ruleset does');
  if (bytes[magic.length] !== format) {
    throw unusable(
      `it has format ${bytes[magic.length] ?? 'none'}, and this version of Rearview reads format ${format}`,
    );
  }
  let ruleset: Ruleset;
  try {
    const unpacked = zstdDecompressSync(bytes.subarray(magic.length + 1), { maxOutputLength: maxUnpackedBytes });
    ruleset = schema.parse(JSON.parse(unpacked.toString('utf8')));
  } catch (cause) {
    throw unusable(`it is truncated or altered (${messageOf(cause).split('\n')[0]})`, cause);
  }
  const id = rulesetId(ruleset.sources, ruleset.engine);
  if (id !== ruleset.id) throw unusable(`it names itself ${ruleset.id}, and its content is ${id}`);
  return ruleset;
}

function unusable(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `This is no usable ruleset: ${why}. Build it again with "rearview rules build".`,
    { cause },
  );
}
