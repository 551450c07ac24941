import { hasCode, RearviewError } from '../../../domain/errors.ts';
import type { ObjectRef } from '../../../domain/objects/object.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';

/** Versions of one key that are looked at. Its own come first in a listing of what begins with it. */
const mostVersions = 1000;

/**
 * A reader for a role that may list part of the bucket alone. S3 says of what does not exist that it is denied to such a role, since a request for an
 * object has no prefix to be allowed by: whether it exists, a listing of its key tells. Where that is denied as well, it stays denied.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax (Permissions)
 */
export function withGoneToldFromDenied<T extends ObjectReader>(reader: T): T {
  async function tell<Result>(ref: Pick<ObjectRef, 'key'> & { readonly version?: string }, step: Promise<Result>) {
    try {
      return await step;
    } catch (error) {
      if (!hasCode(error, 'ERR_OBJECT_DENIED') || !(await isGone(reader, ref))) throw error;
      throw new RearviewError('ERR_OBJECT_GONE', `${reader.bucket}/${ref.key} does not exist (any more).`, {
        cause: error,
      });
    }
  }
  const head: ObjectReader['head'] = (ref) => tell(ref, reader.head(ref));
  const read: ObjectReader['read'] = (ref, options) => tell(ref, reader.read(ref, options));
  return { ...reader, head, read };
}

/** False where it is not known. */
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
