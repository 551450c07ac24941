import { createInventoryReader } from '../../adapters/aws/s3/s3-inventory.ts';
import { withinPrefix } from '../../adapters/aws/s3/within-prefix.ts';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { isPrefix, parseS3Url } from '../../domain/objects/s3-url.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { CorpusBucket } from './corpus-buckets.ts';

export interface CorpusInventoriesOptions {
  readonly corpusBuckets: readonly CorpusBucket[];
  /** Whether all versions are listed. */
  readonly versioned: boolean;
  /** Reads the bucket that inventories are written to. */
  readonly readerOf: (bucket: string) => ObjectReader;
}

/**
 * Opens manifests of S3 Inventory, and sees to it that each is of another bucket of the corpus, and lists no more of it than belongs to the corpus.
 * @param urls of the files `manifest.json`
 * @throws RearviewError `ERR_USAGE` for what names no file, `ERR_CONFIG` for what is no inventory of the corpus, cannot serve, or may not be read
 * (which is so of `list` as well: it will not mend itself); `ERR_UNAVAILABLE`
 */
export async function openCorpusInventories(
  urls: readonly string[],
  { corpusBuckets, versioned, readerOf }: CorpusInventoriesOptions,
): Promise<readonly Inventory[]> {
  const byBucket = new Map<string, Inventory>();
  for (const url of urls) {
    const { bucket, key, version } = parseS3Url(url);
    if (isPrefix({ bucket, key, version }) || version !== null) {
      throw new RearviewError('ERR_USAGE', `${url} names no file: name the manifest.json of an inventory, as it is.`);
    }
    const store = readerOf(bucket);
    const inventory = await readable(url, () => createInventoryReader({ store, manifestKey: key, versioned }));
    const source = corpusBuckets.find(({ name }) => name === inventory.bucket);
    if (source === undefined) {
      const text = `The inventory ${url} is of ${inventory.bucket}, which is no bucket of the corpus`;
      throw new RearviewError('ERR_CONFIG', `${text}: those are ${corpusBuckets.map(({ name }) => name).join(', ')}.`);
    }
    const other = byBucket.get(inventory.bucket);
    if (other !== undefined) {
      const text = `The inventories ${other.name} and ${url} are both of ${inventory.bucket}`;
      throw new RearviewError('ERR_CONFIG', `${text}: name one of them, the newer.`);
    }
    byBucket.set(inventory.bucket, {
      ...withinPrefix(
        { ...inventory, list: (options) => readable(url, () => inventory.list(options)) } satisfies Inventory,
        source.prefix,
      ),
      name: url,
    });
  }
  return corpusBuckets.flatMap(({ name }) => byBucket.get(name) ?? []);
}

async function readable<T>(url: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (!hasCode(cause, 'ERR_OBJECT_GONE', 'ERR_OBJECT_DENIED', 'ERR_OBJECT_ARCHIVED', 'ERR_OBJECT_TOO_LARGE'))
      throw cause;
    const text = `The inventory ${url} cannot be read: ${messageOf(cause)}`;
    throw new RearviewError('ERR_CONFIG', `${text} Check the URL and the permissions, or list the bucket itself.`, {
      cause,
    });
  }
}
