import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { rulesetId } from './ruleset.ts';

/** What a ruleset may unpack to, in bytes: far above any real one, and a bound to what a hostile file can make of itself. */
const maxUnpackedBytes = 512 * 1024 * 1024;
/** Where a gzip header names the operating system, and the value for "unknown" (RFC 1952, 2.3). */
const gzipSystemByte = 9;
const unknownSystem = 255;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const rulesetSchema = z.object({
  format: z.literal(1),
  id: hashSchema,
  engine: z.object({ name: z.string(), version: z.string() }),
  sources: z.array(z.object({ namespace: z.string(), source: z.string() })),
  rules: z.array(
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
  ),
}) satisfies z.ZodType<Ruleset>;

/** A ruleset as bytes: JSON, packed by gzip. Equal rulesets give equal bytes, whatever the order of their fields. */
export function encodeRuleset(ruleset: Ruleset): Uint8Array {
  // The schema puts the fields of all objects in its own order.
  const packed = gzipSync(JSON.stringify(rulesetSchema.parse(ruleset)));
  packed[gzipSystemByte] = unknownSystem;
  return packed;
}

/**
 * Reads what `encodeRuleset` wrote.
 * @throws RearviewError `ERR_RULESET_UNUSABLE` where the bytes are no ruleset, are damaged, or have a format of a later version
 */
export function decodeRuleset(bytes: Uint8Array): Ruleset {
  const value = unpack(bytes);
  const { data: head } = z.object({ format: z.number() }).safeParse(value);
  if (head !== undefined && head.format !== 1) {
    throw unusable(`it has format ${head.format}, and this version reads format 1: update Rearview`);
  }
  const parsed = rulesetSchema.safeParse(value);
  if (!parsed.success) throw unusable(z.prettifyError(parsed.error));
  const ruleset = parsed.data;
  const id = rulesetId(ruleset.sources, ruleset.engine);
  if (id !== ruleset.id) throw unusable(`it calls itself ${ruleset.id}, but its content is ${id}`);
  return ruleset;
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes }).toString('utf8'));
  } catch (cause) {
    throw unusable(`it is no ruleset, or damaged or cut short (${messageOf(cause)})`, cause);
  }
}

function unusable(why: string, cause?: unknown): RearviewError {
  return new RearviewError(
    'ERR_RULESET_UNUSABLE',
    `The ruleset cannot be used: ${why}. Build it again with \`rearview rules build\`.`,
    { cause },
  );
}
