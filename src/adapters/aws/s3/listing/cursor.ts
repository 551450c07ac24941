import * as z from 'zod';
import { RearviewError } from '../../../../domain/errors.ts';
import { type Lane, newLane, type Position, positionOf } from './lane.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const maxKeyBytes = 1024;

const lanesSchema = z.object({
  lanes: z
    .array(z.tuple([z.object({ key: z.string(), versionId: z.string().nullable() }).nullable(), z.string().nullable()]))
    .min(1),
});
const versionSchema = z.tuple([z.string(), z.string().nullable()]);

/**
 * Encodes the position of these lanes, at least one, for another process. A listing in one lane is
 * identified by its last key, or by key and version id of the last version. Several lanes are JSON
 * that is longer than any key, since a key may be any text. With 16 lanes it has 200 KB at most.
 * @param options.versioned whether all versions are listed
 */
export function formatCursor(lanes: readonly Lane[], { versioned }: { readonly versioned: boolean }): string {
  const places = lanes.map((lane) => [positionOf(lane), lane.link.upTo] as const);
  const [[position, upTo] = [null, null]] = places;
  if (places.length === 1 && upTo === null && position !== null) {
    return versioned ? JSON.stringify([position.key, position.versionId]) : position.key;
  }
  return JSON.stringify({ lanes: places }).padEnd(maxKeyBytes + 1);
}

/** @throws RearviewError `ERR_CONFIG` for an invalid cursor of such a listing */
export function parseCursor(
  cursor: string,
  { bucket, versioned }: { readonly bucket: string; readonly versioned: boolean },
): readonly Lane[] {
  if (cursor.length > maxKeyBytes && cursor.startsWith('{')) {
    const { lanes } = parsed(lanesSchema, cursor, bucket);
    return lanes.map(([position, upTo]) => newLane(position, upTo));
  }
  if (!versioned) return [newLane({ key: cursor, versionId: null }, null)];
  const [key, versionId] = parsed(versionSchema, cursor, bucket);
  return [newLane({ key, versionId } satisfies Position, null)];
}

function parsed<T>(schema: z.ZodType<T>, cursor: string, bucket: string): T {
  try {
    return schema.parse(JSON.parse(cursor));
  } catch (cause) {
    const text = `Cannot continue the listing of ${bucket} at the invalid position ${cursor.slice(0, 80)}.`;
    throw new RearviewError('ERR_CONFIG', `${text} Continue with its original settings, or start again.`, {
      cause,
    });
  }
}
