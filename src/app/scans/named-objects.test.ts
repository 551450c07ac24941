import test from 'ava';
import { type ErrorCode, hasCode, RearviewError } from '../../domain/errors.ts';
import { parseS3Url } from '../../domain/objects/s3-url.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { ListedFile } from '../files/scan-files.ts';
import { listObjects, lookUpObjects } from './named-objects.ts';

const pageSize = 3;

interface Bucket {
  readonly reader: ObjectReader;
  /** `LIST prefix` and `HEAD key`, as they were asked. */
  readonly asked: string[];
}

/** A bucket whose pages hold three keys; listing beyond `breaksAfter` of them fails. */
function bucketOf(
  keys: readonly string[],
  {
    breaksAfter = Number.POSITIVE_INFINITY,
    failure = 'ERR_UNAVAILABLE' as ErrorCode,
    heads = null as Error | null,
  } = {},
): Bucket {
  const asked: string[] = [];
  const infoOf = (key: string) => ({
    bucket: 'some',
    key,
    version: '1',
    size: 1,
    arrivedAt: '2026-01-01T00:00:00.000Z',
  });
  const reader: ObjectReader = {
    bucket: 'some',
    async head({ key }) {
      asked.push(`HEAD ${key}`);
      if (heads !== null) throw heads;
      if (!keys.includes(key)) throw new RearviewError('ERR_OBJECT_GONE', 'no');
      return infoOf(key);
    },
    read: () => Promise.reject(new Error('not read')),
    async list({ filter = {}, after, limit }) {
      asked.push(`LIST ${filter.prefix ?? ''}`);
      const all = keys.filter((key) => key.startsWith(filter.prefix ?? ''));
      const from = after === null ? 0 : all.indexOf(after) + 1;
      if (from >= breaksAfter) throw new RearviewError(failure, 'no more');
      const page = all.slice(from, from + Math.min(limit, pageSize));
      const next = from + page.length < all.length ? (page.at(-1) ?? null) : null;
      return { objects: page.map(infoOf), problems: [], next };
    },
  };
  return { reader, asked };
}

async function listed({ reader }: Bucket, ...urls: readonly string[]): Promise<readonly ListedFile[]> {
  const found = await lookUpObjects(urls.map(parseS3Url), async () => reader);
  const files: ListedFile[] = [];
  for await (const file of listObjects(found)) files.push(file);
  return files;
}

const paths = (files: readonly ListedFile[]) => files.map(({ path }) => path);
const ten = Array.from({ length: 10 }, (_, index) => `p/${index}`);

test('a prefix is listed to its end, page by page, with the known facts of each object', async (t) => {
  const bucket = bucketOf([...ten, 'q']);
  const files = await listed(bucket, 's3://some/p/');
  t.deepEqual(
    paths(files),
    ten.map((key) => `s3://some/${key}`),
  );
  t.deepEqual(
    files.map(({ object }) => object?.key),
    ten,
  );
  t.is(bucket.asked.length, 4);
});

test('the next page is requested while this one is consumed', async (t) => {
  const bucket = bucketOf(ten);
  const found = await lookUpObjects([parseS3Url('s3://some/p/')], async () => bucket.reader);
  const files = listObjects(found);
  t.is(bucket.asked.length, 1);
  await files.next();
  t.is(bucket.asked.length, 2);
  await files.return(undefined);
});

test('an object that is named twice, or below a named prefix, is listed once; so is another version of it', async (t) => {
  const bucket = bucketOf(ten);
  const files = await listed(
    bucket,
    ...['s3://some/p/', 's3://some/p/1', 's3://some/p/', 's3://some/p/1?versionId=1', 's3://some/p/1?versionId=1'],
  );
  t.deepEqual(paths(files), [...ten.map((key) => `s3://some/${key}`), 's3://some/p/1?versionId=1']);
  t.deepEqual(paths(await listed(bucketOf(['a', 'p/1']), 's3://some/p/', 's3://some')), [
    's3://some/a',
    's3://some/p/1',
  ]);
});

test('a listing that fails is a problem after its objects, and does not affect others', async (t) => {
  for (const [failure, reason] of [
    ['ERR_UNAVAILABLE', 'unreadable'],
    ['ERR_OBJECT_DENIED', 'denied'],
  ] as const) {
    const files = await listed(bucketOf([...ten, 'r'], { breaksAfter: 6, failure }), 's3://some/p/', 's3://some/r');
    t.is(files.length, 8);
    t.like(files[6], { path: 's3://some/p/', problem: { reason, detail: 'the listing broke off: no more' } });
    t.is(files[7]?.path, 's3://some/r');
  }
});

test('a listing that cannot begin, and a bucket that cannot be used, are errors', async (t) => {
  const denied = await t.throwsAsync(
    listed(bucketOf(ten, { breaksAfter: 0, failure: 'ERR_OBJECT_DENIED' }), 's3://some'),
  );
  t.true(hasCode(denied, 'ERR_OBJECT_DENIED'));
  const heads = new RearviewError('ERR_CONFIG', 'no such bucket');
  t.is(await t.throwsAsync(listed(bucketOf(ten, { heads }), 's3://some/p/1')), heads);
});

test('an object is looked up once', async (t) => {
  const bucket = bucketOf(ten);
  const [file] = await listed(bucket, 's3://some/p/1');
  t.like(file, { path: 's3://some/p/1', key: 'p/1', object: { key: 'p/1' } });
  t.deepEqual(bucket.asked, ['HEAD p/1']);
});

test('an object that cannot be looked up is still read, and the read reports why', async (t) => {
  const heads = new RearviewError('ERR_OBJECT_DENIED', 'no');
  const [file] = await listed(bucketOf(ten, { heads }), 's3://some/p/1?versionId=v');
  t.like(file, { path: 's3://some/p/1?versionId=v', key: 'p/1', version: 'v' });
  t.is(file?.object, undefined);
});
