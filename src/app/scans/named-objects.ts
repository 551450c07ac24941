import pMap from 'p-map';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { formatS3Url, isPrefix, type S3Url } from '../../domain/objects/s3-url.ts';
import type { ObjectPage, ObjectReader } from '../../ports/object-store.ts';
import type { ListedFile } from '../files/scan-files.ts';

const lookUpsAtOnce = 16;
const pageSize = 1000;

/** Objects that the user named and that were found. */
export type NamedObjects =
  | {
      readonly url: S3Url;
      readonly reader: ObjectReader;
      /** The one object; null if only reading it will show why it is unreadable. */
      readonly object: ObjectInfo | null;
    }
  | {
      readonly url: S3Url;
      readonly reader: ObjectReader;
      /** The first page of many. */
      readonly first: ObjectPage;
    };

/**
 * Looks up the named objects so that each is listed once: a name below another is left out.
 * @param readerOf reads the bucket of that name
 * @throws RearviewError `ERR_USAGE` for what does not exist; what listing a prefix throws, and
 *   `ERR_CONFIG` for a bucket that cannot be used
 */
export async function lookUpObjects(
  urls: readonly S3Url[],
  readerOf: (bucket: string) => Promise<ObjectReader>,
): Promise<readonly NamedObjects[]> {
  const look = async (url: S3Url) => {
    const reader = await readerOf(url.bucket);
    return isPrefix(url) ? lookUpPrefix(url, reader) : lookUpObject(url, reader);
  };
  return pMap(withoutNested(urls), look, { concurrency: lookUpsAtOnce });
}

async function lookUpObject(url: S3Url, reader: ObjectReader): Promise<NamedObjects> {
  try {
    return { url, reader, object: await reader.head(refOf(url)) };
  } catch (error) {
    if (hasCode(error, 'ERR_CONFIG') || !(error instanceof RearviewError)) throw error;
    if (error.code !== 'ERR_OBJECT_GONE') return { url, reader, object: null };
    throw missing(url, await adviceOn(url, reader), error);
  }
}

/** Advice on what a key that does not exist may have meant. */
async function adviceOn(url: S3Url, reader: ObjectReader): Promise<string> {
  if (url.version !== null) return 'does not exist, or not in that version.';
  const below = `${url.key}/`;
  // A caller that may not list the bucket gets no further advice.
  const page = await listPage(reader, below, { after: null, limit: 1 }).catch(() => null);
  return page !== null && page.objects.length > 0
    ? `is not an object, but a prefix of other keys. To scan them, add a slash: ${formatS3Url({ ...url, key: below })}`
    : 'does not exist.';
}

async function lookUpPrefix(url: S3Url, reader: ObjectReader): Promise<NamedObjects> {
  const first = await listPage(reader, url.key, { after: null, limit: pageSize });
  if (first.objects.length === 0 && first.next === null && url.key !== '') {
    throw missing(url, 'does not exist, and no key has this prefix.');
  }
  return { url, reader, first };
}

/**
 * All objects that were named, a page ahead of the consumer. A listing that breaks off becomes a
 * problem in place of the missing objects.
 */
export async function* listObjects(all: readonly NamedObjects[]): AsyncGenerator<ListedFile> {
  for (const named of all) {
    const { url, reader } = named;
    const file = { path: formatS3Url(url), reader, ...refOf(url) };
    if ('first' in named) yield* listPrefix(url, reader, named.first);
    else yield named.object === null ? file : { ...file, object: named.object };
  }
}

async function* listPrefix(url: S3Url, reader: ObjectReader, first: ObjectPage): AsyncGenerator<ListedFile> {
  const { bucket } = url;
  let page: ObjectPage | null = first;
  while (page !== null) {
    const { objects, next }: ObjectPage = page;
    const following: Promise<ObjectPage> | null =
      next === null ? null : listPage(reader, url.key, { after: next, limit: pageSize });
    // It is awaited below; until then its failure would be unhandled.
    following?.catch(() => undefined);
    for (const object of objects) {
      const { key } = object;
      const below = key.slice(url.key.lastIndexOf('/') + 1);
      yield { path: formatS3Url({ bucket, key, version: null }), reader, key, object, below };
    }
    try {
      page = await following;
    } catch (error) {
      if (!(error instanceof RearviewError)) throw error;
      const reason = error.code === 'ERR_OBJECT_DENIED' ? 'denied' : 'unreadable';
      const detail = `the listing broke off: ${messageOf(error)}`;
      yield { path: formatS3Url(url), reader, key: url.key, problem: { reason, detail } };
      return;
    }
  }
}

function listPage(
  reader: ObjectReader,
  prefix: string,
  options: { readonly after: string | null; readonly limit: number },
): Promise<ObjectPage> {
  return reader.list({ ...options, filter: prefix === '' ? {} : { prefix } });
}

function refOf({ key, version }: S3Url): { readonly key: string; readonly version?: string } {
  return version === null ? { key } : { key, version };
}

function withoutNested(urls: readonly S3Url[]): readonly S3Url[] {
  const distinct = [...new Map(urls.map((url) => [JSON.stringify([url.bucket, url.key, url.version]), url])).values()];
  return distinct.filter((url) => !distinct.some((other) => other !== url && isBelow(url, other)));
}

function isBelow(url: S3Url, prefix: S3Url): boolean {
  return isPrefix(prefix) && url.bucket === prefix.bucket && url.version === null && url.key.startsWith(prefix.key);
}

function missing(url: S3Url, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_USAGE', `${formatS3Url(url)} ${why}`, { cause });
}
