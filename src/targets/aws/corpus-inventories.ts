import { createInventoryReader } from '../../adapters/aws/s3/s3-inventory.ts';
import { withinPrefix } from '../../adapters/aws/s3/within-prefix.ts';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { isPrefix, parseS3Url } from '../../domain/objects/s3-url.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { CorpusBucket } from './corpus-buckets.ts';

export interface CorpusInventoriesOptions {
  readonly corpusBuckets: readonly CorpusBucket[];
  /** Whether to list all versions. */
  readonly versioned: boolean;
  /** Reads the bucket that inventories are written to. */
  readonly readerOf: (bucket: string) => ObjectReader;
}

/**
 * Opens manifests of S3 Inventory. Each must be of another bucket of the corpus, and lists only the
 * part that belongs to the corpus.
 * @param urls of the files `manifest.json`
 * @throws RearviewError `ERR_USAGE` for a URL that names no file, `ERR_CONFIG` for an inventory
 *   that is not of the corpus, is unusable, or may not be read (also thrown by `list`: it is
 *   permanent); `ERR_UNAVAILABLE`
 */
export async function openCorpusInventories(
  urls: readonly string[],
  { corpusBuckets, versioned, readerOf }: CorpusInventoriesOptions,
): Promise<readonly Inventory[]> {
  const byBucket = new Map<string, Inventory>();
  for (const url of urls) {
    const { bucket, key, version } = parseS3Url(url);
    if (isPrefix({ bucket, key, version }) || version !== null) {
      throw new RearviewError('ERR_USAGE', `${url} is not a file: use the URL of an inventory's manifest.json.`);
    }
    const store = readerOf(bucket);
    const inventory = await readable(url, () => createInventoryReader({ store, manifestKey: key, versioned }));
    const source = corpusBuckets.find(({ name }) => name === inventory.bucket);
    if (source === undefined) {
      const text = `The inventory ${url} belongs to ${inventory.bucket}, which is not a bucket of the corpus`;
      throw new RearviewError(
        'ERR_CONFIG',
        `${text}. The corpus has ${corpusBuckets.map(({ name }) => name).join(', ')}.`,
      );
    }
    const other = byBucket.get(inventory.bucket);
    if (other !== undefined) {
      const text = `The inventories ${other.name} and ${url} both belong to ${inventory.bucket}`;
      throw new RearviewError('ERR_CONFIG', `${text}: use only the newer one.`);
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
    const text = `Cannot read the inventory ${url}: ${messageOf(cause)}`;
    throw new RearviewError('ERR_CONFIG', `${text} Check the URL and the permissions, or list the bucket itself.`, {
      cause,
    });
  }
}
