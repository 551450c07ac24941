import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';
import { startListingServer } from '../../../testing/s3/s3-listing-server.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

const names = Array.from({ length: 250 }, (_, index) => String(index).padStart(4, '0'));
const odd = ['+', 'a b', 'ü', '\u{1f600}', '\uff5e', '\0', '%2F', '&<'];
/**
 * Twenty folders, most of them with unusual names, objects next to and between them, and one for
 * each folder.
 */
const keys = Array.from({ length: 20 }, (_, index) => `in/${odd[index % odd.length]}${index}/`).flatMap((folder) => [
  ...[folder, folder.slice(0, -1), `${folder.slice(0, -1)}0`],
  ...names.map((name) => folder + name),
]);
const ids = (objects: readonly ObjectInfo[]) => objects.map(({ key, version }) => `${key} ${version}`).toSorted();

type Page = Awaited<ReturnType<ObjectReader['list']>>;

for (const versioned of [false, true]) {
  const kind = versioned ? 'with versions' : 'without versions';
  const versionsOfEach = versioned ? 3 : 1;
  const expected = keys
    .flatMap((key) => (versioned ? [1, 2, 3].map((id) => `${key} v${id}`) : [`${key} etag:"${'0'.repeat(32)}"`]))
    .toSorted();

  test(`eight S3 requests run at once: ${kind}`, async (t) => {
    t.timeout(60_000);
    const waiting = Promise.withResolvers<void>();
    let requests = 0;
    const hold = async () => {
      requests += 1;
      if (server.mostUnderWay === 8) waiting.resolve();
      // The first page, and the levels of folders, are requested sequentially.
      if (requests > 3) await waiting.promise;
    };
    const server = await startListingServer(t, { keys, versionsOfEach, hold });
    const store = createS3ObjectStore({ ...server, versioned });
    const objects: ObjectInfo[] = [];
    for (let after: string | null = null; ; ) {
      const page: Page = await store.list({ after, limit: 1000 });
      t.true(page.objects.length <= 1000);
      objects.push(...page.objects);
      if (page.next === null) break;
      after = page.next;
    }
    t.deepEqual(ids(objects), expected);
    t.is(server.mostUnderWay, 8);
    const inTurn = Math.ceil(expected.length / 1000);
    t.true(server.requests <= inTurn + 2 + 16, `${server.requests} requests`);
  });

  test(`another process continues where the last page ended, with other limits: ${kind}`, async (t) => {
    const server = await startListingServer(t, { keys, versionsOfEach });
    const objects: ObjectInfo[] = [];
    let store = createS3ObjectStore({ ...server, versioned });
    const limits = [700, 1000, 333, 5000, 1];
    for (let after: string | null = null, page = 0; ; page += 1) {
      if (page % 4 === 3) store = createS3ObjectStore({ ...server, versioned });
      const found: Page = await store.list({ filter: { prefix: 'in/' }, after, limit: limits[page % 5] ?? 1 });
      objects.push(...found.objects);
      if (found.next === null) break;
      after = found.next;
    }
    t.deepEqual(ids(objects), expected);
  });

  test(`a role that may list a prefix, but not its folders, lists all of it: ${kind}`, async (t) => {
    const isDenied = (query: URLSearchParams) => query.has('delimiter') || query.get('prefix') !== 'in/';
    const server = await startListingServer(t, { keys, versionsOfEach, isDenied });
    const store = createS3ObjectStore({ ...server, versioned });
    const objects: ObjectInfo[] = [];
    for (let after: string | null = null; ; ) {
      const page: Page = await store.list({ filter: { prefix: 'in/' }, after, limit: 1000 });
      objects.push(...page.objects);
      if (page.next === null) break;
      after = page.next;
    }
    t.deepEqual(ids(objects), expected);
    const error = await t.throwsAsync(store.list({ after: null, limit: 1000 }));
    t.true(hasCode(error, 'ERR_OBJECT_DENIED'));
  });

  test(`a listing started before ranges existed continues after its last object: ${kind}`, async (t) => {
    const server = await startListingServer(t, { keys, versionsOfEach });
    const [first = ''] = odd;
    const last = `in/${first}0/0100`;
    const objects: ObjectInfo[] = [];
    const store = createS3ObjectStore({ ...server, versioned });
    for (let after = versioned ? JSON.stringify([last, 'v2']) : last; ; ) {
      const page: Page = await store.list({ after, limit: 1000 });
      objects.push(...page.objects);
      if (page.next === null) break;
      after = page.next;
    }
    const isBehind = (key: string) => Buffer.compare(Buffer.from(key), Buffer.from(last)) > 0;
    const rest = [...(versioned ? [`${last} v1`] : []), ...expected.filter((id) => isBehind(id.replace(/ \S+$/, '')))];
    t.deepEqual(ids(objects), rest.toSorted());
  });
}
