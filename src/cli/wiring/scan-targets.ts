import { stat } from 'node:fs/promises';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { type WalkRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import type { ListedFile } from '../../app/files/scan-files.ts';
import { listObjects, lookUpObjects, type NamedObjects } from '../../app/scans/named-objects.ts';
import { encodePath } from '../../domain/objects/path-key.ts';
import { formatS3Url, isS3Url, parseS3Url } from '../../domain/objects/s3-url.ts';
import { openAnyBucket } from '../../targets/aws/any-bucket.ts';
import { namedPaths } from './named-paths.ts';

/**
 * Enough reads to hide the latency of S3 (about ten milliseconds), and at most the connections of a
 * client.
 */
const objectsReadAhead = 64;

/** The named files, folders and objects, looked up. */
export interface ScanTargets {
  /** Each file and object once. */
  files(): AsyncIterable<ListedFile>;
  /** The named roots as prefixes of paths, without roots below another root. */
  readonly roots: readonly string[];
  /** Workers that can be busy at a time: no more than files, where only files are named. */
  readonly workers: number;
  /** For `ScanFilesOptions`. */
  readonly readAhead: number;
  close(): void;
}

/**
 * Looks up files, folders and S3 URLs.
 * @param options.jobs workers that will scan
 * @throws RearviewError `ERR_USAGE` naming what does not exist; for S3 also as `openAnyBucket` and
 * `lookUpObjects`
 */
export async function openScanTargets(
  named: readonly string[],
  { cwd, jobs }: { readonly cwd: string; readonly jobs: number },
): Promise<ScanTargets> {
  const urls = named.filter(isS3Url).map(parseS3Url);
  const paths = named.filter((each) => !isS3Url(each));
  const walks = paths.length === 0 ? [] : await namedPaths(paths, cwd);
  const roots = walks.map(({ given }) => given.toString());
  if (urls.length === 0) {
    const workers = (await areFiles(walks)) ? Math.min(jobs, walks.length) : jobs;
    return { files: () => listFiles(walks), roots, workers, readAhead: workers + 2, close: () => {} };
  }
  const buckets = await openAnyBucket();
  try {
    const objects = await lookUpObjects(urls, buckets.readerOf);
    return {
      files: () => listAll(walks, objects),
      roots: [...roots, ...objects.map(({ url }) => formatS3Url(url))],
      workers: jobs,
      readAhead: objectsReadAhead,
      close: buckets.close,
    };
  } catch (error) {
    buckets.close();
    throw error;
  }
}

async function areFiles(roots: readonly WalkRoot[]): Promise<boolean> {
  const found = await Promise.all(roots.map(({ location }) => stat(location).catch(() => null)));
  return found.every((each) => each?.isFile() === true);
}

async function* listAll(roots: readonly WalkRoot[], objects: readonly NamedObjects[]): AsyncGenerator<ListedFile> {
  yield* listFiles(roots);
  yield* listObjects(objects);
}

async function* listFiles(roots: readonly WalkRoot[]): AsyncGenerator<ListedFile> {
  const reader = createPathObjectReader({ bucket: 'file', roots: [] });
  for (const root of roots) {
    for await (const { location, ...file } of walkPaths([root])) {
      const below = location.subarray(root.location.length).toString().replace(/^\//, '');
      yield { ...file, reader, key: encodePath(location), ...(below === '' ? {} : { below }) };
    }
  }
}
