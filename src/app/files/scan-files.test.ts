import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import { type FileReport, type ListedFile, type ScanFilesOptions, scanFiles } from './scan-files.ts';

const object = { bucket: 'file', version: '1', size: 3, arrivedAt: '2026-01-01T00:00:00.000Z' };

/**
 * Files by key: their content, or the error that reading (`head:` – already looking them up) ends
 * with.
 */
function reader(files: Readonly<Record<string, string | RearviewError>>): ObjectReader {
  const look = (key: string) => files[key] ?? new RearviewError('ERR_OBJECT_GONE', 'gone');
  return {
    bucket: 'file',
    async head({ key }) {
      const file = look(key);
      if (key.startsWith('head:') && file instanceof Error) throw file;
      return { ...object, key };
    },
    async read({ key }) {
      const file = look(key);
      if (file instanceof Error) throw file;
      return { ...object, key, bytes: new Uint8Array(Buffer.from(file)), metadata: {} };
    },
    list: () => Promise.reject(new Error('not listed')),
  };
}

const pool: ScanFilesOptions['pool'] = {
  workers: 1,
  async scan({ bytes }) {
    const { length: size } = bytes;
    if (Buffer.from(bytes).toString() === 'slow') return { status: 'failed', reason: 'timeout', detail: 'slow', size };
    return { status: 'scanned', sha256: 'aa', md5: 'bb', size, matches: [], engineMs: 1 };
  },
};

type TestFile = Omit<ListedFile, 'reader'>;

async function* listed(from: ObjectReader, ...files: readonly TestFile[]) {
  for (const file of files) yield { ...file, reader: from };
}

async function reports(files: readonly TestFile[], contents: Parameters<typeof reader>[0], signal?: AbortSignal) {
  const found: FileReport[] = [];
  await scanFiles({
    ...{ pool, files: listed(reader(contents), ...files), maxBytes: 100, budget: createByteBudget(100) },
    ...{ largeFiles: 'skip', unpack: null, readAhead: 3 },
    ruleset: { id: 'r', sources: [] },
    report: async (each) => {
      found.push(each);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return found;
}

const outcomes: readonly (readonly [string, RearviewError | string, Partial<Record<string, unknown>>])[] = [
  ['read', 'abc', { status: 'scanned', size: 3, sha256: 'aa' }],
  ['slow', 'slow', { status: 'failed', reason: 'timeout' }],
  [
    'denied',
    new RearviewError('ERR_OBJECT_DENIED', 'no', { retryable: true }),
    { status: 'failed', reason: 'denied', size: 3 },
  ],
  ['gone', new RearviewError('ERR_OBJECT_GONE', 'gone'), { status: 'skipped', reason: 'gone' }],
  ['grown', new RearviewError('ERR_OBJECT_TOO_LARGE', 'large'), { status: 'skipped', reason: 'too_large' }],
  ['fifo', new RearviewError('ERR_OBJECT_UNSUPPORTED', 'fifo'), { status: 'skipped', reason: 'not_a_regular_file' }],
  [
    'busy',
    new RearviewError('ERR_OBJECT_CHANGED', 'busy', { retryable: true }),
    { status: 'failed', reason: 'changed' },
  ],
  ['head:denied', new RearviewError('ERR_OBJECT_DENIED', 'no'), { status: 'failed', reason: 'denied' }],
  ['head:gone', new RearviewError('ERR_OBJECT_GONE', 'gone'), { status: 'skipped', reason: 'gone' }],
];

test('every listed file has one report, whatever the result of reading it', async (t) => {
  const files = outcomes.map(([key]) => ({ path: `./${key}`, key }));
  const found = await reports(files, Object.fromEntries(outcomes.map(([key, content]) => [key, content])));
  t.is(found.length, outcomes.length);
  for (const [key, , expected] of outcomes)
    t.like(
      found.find(({ path }) => path === `./${key}`),
      expected,
    );
});

test('a problem that the listing found is reported without reading', async (t) => {
  const problem = (reason: 'denied' | 'gone' | 'unreadable' | 'not_a_regular_file') => ({
    ...{ path: reason, pathBytes: 'ff', key: reason },
    problem: { reason, detail: 'why' },
  });
  const found = await reports(
    [problem('denied'), problem('gone'), problem('unreadable'), problem('not_a_regular_file')],
    {},
  );
  t.deepEqual(found.map(({ path, pathBytes, status }) => [path, pathBytes, status]).sort(), [
    ['denied', 'ff', 'failed'],
    ['gone', 'ff', 'skipped'],
    ['not_a_regular_file', 'ff', 'skipped'],
    ['unreadable', 'ff', 'failed'],
  ]);
});

test('files above the limit take no more memory than the budget, however many are scanned', async (t) => {
  const size = 10 ** 12;
  let held = 0;
  let most = 0;
  const huge: ObjectReader = {
    ...reader({}),
    head: async ({ key }) => ({ ...object, key, size }),
    async read({ key }, { maxBytes, whole }) {
      t.false(whole);
      held += maxBytes;
      most = Math.max(most, held);
      return { ...object, key, size, bytes: new Uint8Array(maxBytes), metadata: {} };
    },
  };
  const slow: ScanFilesOptions['pool'] = {
    ...pool,
    workers: 4,
    async scan(request) {
      await setImmediate();
      held -= request.bytes.length;
      return pool.scan(request);
    },
  };
  const found: FileReport[] = [];
  await scanFiles({
    ...{ pool: slow, readAhead: 6, maxBytes: 100, largeFiles: 'head', unpack: null, budget: createByteBudget(200) },
    ruleset: { id: 'r', sources: [] },
    files: listed(huge, ...Array.from({ length: 20 }, (_, index) => ({ path: `${index}`, key: `${index}` }))),
    report: async (each) => {
      found.push(each);
    },
  });
  t.is(most, 200);
  t.is(found.length, 20);
  for (const each of found) t.like(each, { status: 'scanned', size, scannedBytes: 100 });
});

test('a file that has grown since it was looked up is held only if the budget has room for its new size', async (t) => {
  let held = 0;
  let most = 0;
  const heads = new Set<string>();
  const growing: ObjectReader = {
    ...reader({}),
    async head({ key }) {
      const grown = heads.has(key);
      heads.add(key);
      return grown ? { ...object, key, version: '2', size: 100 } : { ...object, key };
    },
    async read({ key, version }) {
      if (version === '1') throw new RearviewError('ERR_OBJECT_CHANGED', 'grown', { retryable: true });
      held += 100;
      most = Math.max(most, held);
      return { ...object, key, version, size: 100, bytes: new Uint8Array(100), metadata: {} };
    },
  };
  const slow: ScanFilesOptions['pool'] = {
    ...pool,
    workers: 4,
    async scan(request) {
      await setImmediate();
      held -= request.bytes.length;
      return pool.scan(request);
    },
  };
  const found: FileReport[] = [];
  await scanFiles({
    ...{ pool: slow, readAhead: 6, maxBytes: 100, largeFiles: 'skip', unpack: null, budget: createByteBudget(200) },
    ruleset: { id: 'r', sources: [] },
    files: listed(growing, ...Array.from({ length: 10 }, (_, index) => ({ path: `${index}`, key: `${index}` }))),
    report: async (each) => {
      found.push(each);
    },
  });
  t.is(most, 200);
  for (const each of found) t.like(each, { status: 'scanned', size: 100 });
});

test('details from a listing are not requested again, and a version is looked up as that version', async (t) => {
  const heads: (string | undefined)[] = [];
  const observed: ObjectReader = {
    ...reader({ a: 'abc', b: 'abc' }),
    async head({ key, version }) {
      heads.push(version);
      return { ...object, key };
    },
  };
  const found: FileReport[] = [];
  await scanFiles({
    ...{ pool, readAhead: 1, maxBytes: 100, largeFiles: 'skip', unpack: null, budget: createByteBudget(100) },
    ruleset: { id: 'r', sources: [] },
    files: listed(
      observed,
      { path: 'a', key: 'a', object: { ...object, key: 'a' } },
      { path: 'b', key: 'b', version: 'v' },
    ),
    report: async (each) => {
      found.push(each);
    },
  });
  t.deepEqual(heads, ['v']);
  t.is(found.length, 2);
});

test('files are read at once for the read-ahead, and one for each worker', async (t) => {
  const files = Array.from({ length: 20 }, (_, index) => ({ path: `${index}`, key: `${index}` }));
  let underWay = 0;
  let most = 0;
  const slow: ObjectReader = {
    ...reader(Object.fromEntries(files.map(({ key }) => [key, 'abc']))),
    async head({ key }) {
      underWay += 1;
      most = Math.max(most, underWay);
      await setImmediate();
      underWay -= 1;
      return { ...object, key };
    },
  };
  await scanFiles({
    ...{ pool, readAhead: 7, maxBytes: 100, largeFiles: 'skip', unpack: null, budget: createByteBudget(100) },
    ruleset: { id: 'r', sources: [] },
    files: listed(slow, ...files),
    report: async () => {},
  });
  t.is(most, 8);
});

test('the signal ends the scan without an error', async (t) => {
  t.deepEqual(await reports([{ path: 'a', key: 'a' }], { a: 'abc' }, AbortSignal.abort()), []);
});
