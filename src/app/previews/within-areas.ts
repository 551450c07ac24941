import * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { CorpusArea } from '../../domain/scans/preview.ts';
import { isWithin, narrowerPrefix } from '../../domain/scans/preview-limits.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { ObjectReader } from '../../ports/object-store.ts';

const cursorSchema = z.tuple([z.int().nonnegative(), z.string().nullable()]);

/**
 * A reader that lists and reads only these parts of its bucket, whatever is requested. A filter
 * narrows them; nothing widens them.
 * @throws RearviewError `ERR_CONFIG` for a cursor that belongs to another list of areas; `head`
 *   and `read` throw `ERR_OBJECT_DENIED` outside the areas
 */
export function withinAreas(reader: ObjectReader, areas: readonly CorpusArea[] | null): ObjectReader {
  if (areas === null) return reader;
  const { bucket } = reader;
  const requireWithin = (key: string) => {
    if (isWithin(areas, { bucket, key })) return;
    throw new RearviewError('ERR_OBJECT_DENIED', `Cannot read ${bucket}/${key}: previews may not read it.`);
  };
  return {
    ...reader,
    async list(options) {
      const { filter = {}, limit } = options;
      const prefixes = prefixesOf(bucket, areas, filter.prefix ?? '');
      const [index, after] = options.after === null ? [0, null] : readCursor(options.after);
      const prefix = prefixes[index];
      if (prefix === undefined) {
        if (index === 0) return { objects: [], problems: [], next: null };
        throw new RearviewError('ERR_CONFIG', `The cursor ${options.after} does not belong to this listing.`);
      }
      const page = await reader.list({ filter: { ...filter, prefix }, after, limit });
      const isLast = page.next === null && index + 1 >= prefixes.length;
      const next = page.next === null ? [index + 1, null] : [index, page.next];
      return {
        ...page,
        objects: page.objects.filter(({ key }) => isWithin(areas, { bucket, key })),
        next: isLast ? null : JSON.stringify(next),
      };
    },
    head: async (ref) => {
      requireWithin(ref.key);
      return reader.head(ref);
    },
    read: async (ref, options) => {
      requireWithin(ref.key);
      return reader.read(ref, options);
    },
  };
}

/** Prefixes to list, in order, none of which contains another: every object is listed once. */
function prefixesOf(bucket: string, areas: readonly CorpusArea[], asked: string): readonly string[] {
  const all = areas
    .filter((area) => area.bucket === bucket)
    .flatMap(({ prefix }) => narrowerPrefix(prefix, asked) ?? [])
    .sort();
  return all.filter((each, index) => !all.some((other, at) => at < index && each.startsWith(other)));
}

function readCursor(after: string): readonly [number, string | null] {
  let json: unknown;
  try {
    json = JSON.parse(after);
  } catch {
    json = null;
  }
  const parsed = checkShape(cursorSchema, json);
  if (parsed.success) return parsed.data;
  throw new RearviewError('ERR_CONFIG', `The cursor ${after.slice(0, 200)} does not belong to this listing.`);
}
