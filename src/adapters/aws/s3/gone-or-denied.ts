import { hasCode, RearviewError } from '../../../domain/errors.ts';
import type { ObjectRef } from '../../../domain/objects/object.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';

/**
 * Number of versions of one key that are listed. The key's own versions come first in a listing of
 * its prefix.
 */
const mostVersions = 1000;

/**
 * A reader for a role that may list only part of the bucket. For such a role, S3 reports a missing
 * object as denied, since a request for an object has no prefix to be allowed by. A listing of the
 * key shows whether it exists. If that is also denied, the error stays a denial.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 * (Permissions)
 */
export function withMissingObjects<T extends ObjectReader>(reader: T): T {
  async function translate<Result>(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }, step: Promise<Result>) {
    try {
      return await step;
    } catch (error) {
      if (!hasCode(error, 'ERR_OBJECT_DENIED') || !(await isGone(reader, ref))) throw error;
      throw new RearviewError('ERR_OBJECT_GONE', `${reader.bucket}/${ref.key} does not exist (any more).`, {
        cause: error,
      });
    }
  }
  const head: ObjectReader['head'] = (ref) => translate(ref, reader.head(ref));
  const read: ObjectReader['read'] = (ref, options) => translate(ref, reader.read(ref, options));
  return { ...reader, head, read };
}

/** False if it is unknown. */
async function isGone(
  reader: ObjectReader,
  { key, version }: { readonly key: string; readonly version?: string },
): Promise<boolean> {
  const page = await reader
    .list({ filter: { prefix: key }, after: null, limit: mostVersions })
    .catch((error: unknown) => {
      if (error instanceof RearviewError) return null;
      throw error;
    });
  if (page === null || (page.next !== null && page.objects.every((each) => each.key === key))) return false;
  return !page.objects.some((each) => each.key === key && (version === undefined || each.version === version));
}
