import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectFilter, ObjectInfo } from '../../../domain/objects/object.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { ObjectReader, ObjectStore } from '../../../ports/object-store.ts';
import { runs } from '../../../testing/runs.ts';
import { inventoryParquet } from '../../../testing/s3/inventory-parquet.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import {
  csvSchema,
  csvSchemaOfCurrent,
  inventoryCsv,
  inventoryManifest,
  inventoryRows,
  md5Of,
  parquetSchema,
  rowsModified,
  type TestRow,
} from '../../../testing/s3/s3-inventory-files.ts';
import { createInventoryReader, type InventoryOptions } from './s3-inventory.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

const manifestKey = 'inventory/corpus/all/2018-01-03T02-00Z/manifest.json';

interface Files {
  readonly files: readonly { readonly key: string; readonly content: Uint8Array }[];
  readonly fileFormat: string;
  readonly fileSchema: string;
}

const data = (contents: readonly Uint8Array[], extension: string) =>
  contents.map((content, index) => ({ key: `inventory/corpus/all/data/${index}.${extension}`, content }));

const formats: Readonly<Record<'CSV' | 'Parquet', Files>> = {
  CSV: {
    files: data([inventoryCsv(inventoryRows.slice(0, 5)), inventoryCsv(inventoryRows.slice(5))], 'csv.gz'),
    ...{ fileFormat: 'CSV', fileSchema: csvSchema },
  },
  Parquet: {
    files: data(inventoryParquet, 'parquet'),
    ...{ fileFormat: 'Parquet', fileSchema: parquetSchema },
  },
};

/** An S3 bucket that holds its own inventory. */
async function bucketWith(t: ExecutionContext, { files, fileFormat, fileSchema }: Files): Promise<ObjectStore> {
  const store = createS3ObjectStore(await startS3Emulator(t));
  for (const { key, content } of files) await store.put(key, content);
  await store.put(manifestKey, Buffer.from(inventoryManifest(files, { fileFormat, fileSchema })));
  return store;
}

async function open(t: ExecutionContext, files: Files, options: Partial<InventoryOptions> = {}): Promise<Inventory> {
  return createInventoryReader({ store: await bucketWith(t, files), manifestKey, ...options });
}

async function listAll(
  { list }: Pick<ObjectReader, 'list'>,
  { limit = 1000, filter = {} }: { readonly limit?: number; readonly filter?: ObjectFilter } = {},
): Promise<readonly ObjectInfo[]> {
  const all: ObjectInfo[] = [];
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<ObjectReader['list']>> = await list({ filter, after, limit });
    all.push(...page.objects);
    if (page.next === null) return all;
    after = page.next;
  }
}

function listed({ key, body, versionId }: TestRow, versioned: boolean): ObjectInfo {
  const version = versioned && versionId !== null ? versionId : `etag:"${md5Of(body ?? '')}"`;
  const arrivedAt = rowsModified.replace('.678Z', '.000Z');
  return { bucket: 'corpus', key, version, size: Buffer.byteLength(body ?? ''), arrivedAt };
}

const allVersions = inventoryRows.filter(({ body }) => body !== null).map((row) => listed(row, true));
const latest = inventoryRows.filter(({ body, isLatest }) => body !== null && isLatest).map((row) => listed(row, false));

for (const format of ['CSV', 'Parquet'] as const) {
  test(`${format}: all versions are listed, archived ones too, and no delete markers`, async (t) => {
    const inventory = await open(t, formats[format], { versioned: true });
    t.like(inventory, {
      ...{ name: `s3://corpus/${manifestKey}`, bucket: 'corpus' },
      ...{ createdAt: '2018-01-03T02:00:00.000Z', completeBefore: '2017-12-27T02:00:00.000Z' },
    });
    t.deepEqual(await listAll(inventory), allVersions);
  });

  test(`${format}: for a store without versions, the latest versions are listed by ETag`, async (t) => {
    t.deepEqual(await listAll(await open(t, formats[format])), latest);
  });

  test(`${format}: pages have at most the requested size, and each continues where the last ended, in another reader too`, async (t) => {
    const store = await bucketWith(t, formats[format]);
    const options = { store, manifestKey, versioned: true };
    for (const limit of [1, 2, 3, 5]) {
      const inventory = await createInventoryReader(options);
      t.deepEqual(await listAll(inventory, { limit }), allVersions);
      const afresh = async (page: Parameters<ObjectReader['list']>[0]) => {
        const answer = await (await createInventoryReader(options)).list(page);
        t.true(answer.objects.length <= limit);
        return answer;
      };
      t.deepEqual(await listAll({ list: afresh }, { limit }), allVersions);
    }
  });

  test(`${format}: the same page may be requested again, and several at once`, async (t) => {
    const { list } = await open(t, formats[format], { versioned: true });
    const first = await list({ after: null, limit: 2 });
    const second = await list({ after: first.next, limit: 2 });
    t.deepEqual(await list({ after: first.next, limit: 2 }), second);
    const again = await Promise.all([null, first.next, second.next, null].map((after) => list({ after, limit: 2 })));
    t.deepEqual(again.slice(0, 2), [first, second]);
    t.deepEqual(again[2]?.objects, allVersions.slice(4, 6));
    t.deepEqual(again[3], first);
    const { next } = await list({ after: null, limit: 2 });
    const twice = await Promise.all([next, next].map((after) => list({ after, limit: 2 })));
    for (const page of twice) t.deepEqual(page, second, 'also where the last page ended');
  });

  test(`${format}: a listing is filtered by prefix, size and time`, async (t) => {
    const inventory = await open(t, formats[format], { versioned: true });
    const keys = async (filter: ObjectFilter) => (await listAll(inventory, { filter, limit: 1 })).map(({ key }) => key);
    t.deepEqual(await keys({ prefix: 'a b+' }), ['a b+c%20/ü.txt', 'a b+c%20/ü.txt']);
    t.deepEqual(await keys({ minBytes: 5, maxBytes: 5 }), ['\u{1f600}/new\nline']);
    t.is((await keys({ arrivedAfter: '2026-01-02T03:04:05.000Z' })).length, allVersions.length);
    t.deepEqual(await keys({ arrivedBefore: '2026-01-02T03:04:05.000Z' }), []);
  });

  test(`${format}: the error for a missing, damaged or too large data file names it`, async (t) => {
    const { files } = formats[format];
    const [, second] = files;
    const key = second?.key ?? '';
    const content = Buffer.from(second?.content ?? []);
    const whole = await bucketWith(t, formats[format]);
    const small = await createInventoryReader({ store: whole, manifestKey, maxFileBytes: 100 });
    await refused(t, listAll(small), /data\/0\..* bytes, more than the memory limit of 100/);
    const flipped = Buffer.from(content);
    flipped[content.length >> 1] = (flipped[content.length >> 1] ?? 0) ^ 1;
    for (const [bad, why] of [
      [flipped, /data\/1\..*its MD5 is/],
      [content.subarray(1), /data\/1\..*bytes, but the manifest states/],
      [Buffer.concat([content, content]), /data\/1\..*more than the \d+ bytes/],
    ] as const) {
      await whole.put(key, bad);
      await refused(t, listAll(await createInventoryReader({ store: whole, manifestKey })), why);
    }
    const damagedSince = { ...formats[format], files: [{ key, content: content.subarray(0, content.length - 20) }] };
    await refused(t, listAll(await open(t, damagedSince)), /data\/1\..* is damaged/);
    const partly = createS3ObjectStore(await startS3Emulator(t));
    await partly.put(manifestKey, Buffer.from(inventoryManifest(files, formats[format])));
    await refused(t, listAll(await createInventoryReader({ store: partly, manifestKey })), /data\/0\..*does not exist/);
  });

  test(`${format}: listed objects are those that the store heads and reads`, async (t) => {
    for (const versioned of [true, false]) {
      const emulator = await startS3Emulator(t, { versioned });
      const store = createS3ObjectStore({ ...emulator, versioned });
      const inBucket = inventoryRows.filter(({ versionId }) => versionId !== null);
      // The emulator counts a delete marker as a version, as the rows do.
      for (const { key, body } of inBucket) {
        if (body === null) await emulator.client.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: key }));
        else await store.put(key, Buffer.from(body));
      }
      const plain = await bucketWith(t, formats[format]);
      const inventory = await createInventoryReader({ store: plain, manifestKey, versioned });
      const reader = { ...store, list: inventory.list };
      const known = (await listAll(reader)).filter(({ key }) => key !== 'before-versions');
      t.is(known.length, versioned ? 6 : 4);
      const names = (infos: readonly ObjectInfo[]) => infos.map(({ key, version }) => `${key} ${version}`).toSorted();
      t.deepEqual(names(known), names(await listAll(store)));
      for (const info of known) {
        const { arrivedAt: _, ...same } = info;
        t.like(await reader.head(info), same);
        t.is((await reader.read(info, { maxBytes: 10 })).bytes.length, info.size);
      }
    }
  });
}

async function refused(t: ExecutionContext, promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(promise, { message });
  t.true(hasCode(error, 'ERR_CONFIG'), String(error));
}

test('an inventory of the current versions serves a store without versions, and is refused for one with them', async (t) => {
  const rows = inventoryRows.filter(({ body, isLatest }) => body !== null && isLatest);
  const files = data([inventoryCsv(rows, csvSchemaOfCurrent)], 'csv.gz');
  const current = { files, fileFormat: 'CSV', fileSchema: csvSchemaOfCurrent };
  t.deepEqual(await listAll(await open(t, current)), latest);
  await refused(t, open(t, current, { versioned: true }), /only current versions.*include all object versions/);
});

test('an inventory without objects lists nothing', async (t) => {
  for (const files of [[], data([inventoryCsv([])], 'csv.gz')]) {
    const { list } = await open(t, { files, fileFormat: 'CSV', fileSchema: csvSchema });
    t.deepEqual(await list({ after: null, limit: 10 }), { objects: [], problems: [], next: null });
  }
});

test('an unusable format or missing field is refused, with advice', async (t) => {
  const none = { files: [], fileFormat: 'CSV' };
  const orc = { files: [], fileFormat: 'ORC', fileSchema: 'struct<bucket:string,key:string>' };
  await refused(t, open(t, orc), /the unsupported format ORC: set the output format .* to CSV or Apache Parquet/);
  await refused(
    t,
    open(t, { ...none, fileSchema: 'Bucket, Key, Size' }),
    /lacks Last modified, ETag: add these fields/,
  );
  const noSize = parquetSchema.replace('optional int64 size;', '');
  await refused(t, open(t, { ...none, fileFormat: 'Parquet', fileSchema: noSize }), /lacks Size: add/);
});

test('anything other than a manifest, or one of another bucket, is refused', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const opened = async (text: string) => {
    await store.put(manifestKey, Buffer.from(text));
    return createInventoryReader({ store, manifestKey });
  };
  const good = inventoryManifest(formats.CSV.files, formats.CSV);
  await refused(t, opened('{'), /manifest\.json is not JSON/);
  await refused(t, opened('{}'), /is not a manifest\.json of S3 Inventory/);
  await refused(t, opened(good.replace(/"MD5checksum":"\w+"/, '"MD5checksum":""')), /is not a manifest\.json of S3/);
  const never = good.replace(/"creationTimestamp":"\d+"/, '"creationTimestamp":"9007199254740991"');
  await refused(t, opened(never), /is not a manifest\.json of S3/);
  await refused(t, opened(good.replace(':::corpus', ':::elsewhere')), /read it from its original location/);
  const gone = createInventoryReader({ store, manifestKey: 'no' });
  t.true(hasCode(await t.throwsAsync(gone), 'ERR_OBJECT_GONE'));
});

test('a listing continues only with its own inventory', async (t) => {
  const csv = await open(t, formats.CSV);
  const parquet = await open(t, formats.Parquet);
  const { next } = await csv.list({ after: null, limit: 1 });
  await refused(t, parquet.list({ after: next, limit: 1 }), /is not from the inventory/);
  for (const after of ['', 'a key', '{}', `${next} 7`]) {
    await refused(t, csv.list({ after, limit: 1 }), /is not from the inventory/);
  }
});

test('the error for a row that does not fit its columns names file and row', async (t) => {
  const good = gunzipSync(inventoryCsv(inventoryRows.slice(0, 2))).toString();
  for (const [from, to, why] of [
    ['"3"', '"3","4"', /row 2: it has 11 fields instead of 10/],
    ['"3"', '"x"', /row 2: the key, size/],
    ['"3"', '"1.5"', /row 2: the key, size/],
    ['"3"', '""', /row 2: the key, size/],
    ['"a+b', '"%ZZ', /row 2: the key .* is not form-encoded/],
    [md5Of('two'), '', /row 2: the key, size/],
    ['2026-01-02', 'soon', /row 2: the key, size/],
  ] as const) {
    const at = good.lastIndexOf(from);
    const content = gzipSync(good.slice(0, at) + to + good.slice(at + from.length));
    const files = data([content], 'csv.gz');
    await refused(t, listAll(await open(t, { ...formats.CSV, files })), why);
  }
});

test('an inventory of many rows is read one page at a time, each row once', async (t) => {
  const rows = Array.from({ length: 5000 }, (_, index): TestRow => {
    return {
      key: `key ${index} ${'ü'.repeat(index % 50)}`,
      body: String(index),
      versionId: `v${index}`,
      isLatest: true,
    };
  });
  const files = data([inventoryCsv(rows.slice(0, 4000)), inventoryCsv(rows.slice(4000))], 'csv.gz');
  const pagesOf = async ({ list }: Inventory) => {
    const pages: number[] = [];
    for (let after: string | null = null; pages.length === 0 || after !== null; ) {
      const page: Awaited<ReturnType<ObjectReader['list']>> = await list({
        after,
        limit: 10,
        filter: { prefix: 'key 4321 ' },
      });
      pages.push(page.objects.length);
      after = page.next;
    }
    return pages;
  };
  const store = await bucketWith(t, { ...formats.CSV, files });
  const options = { store, manifestKey, versioned: true };
  const inventory = await createInventoryReader(options);
  t.deepEqual(
    await listAll(inventory, { limit: 999 }),
    rows.map((row) => listed(row, true)),
  );
  t.deepEqual(await pagesOf(inventory), [1], 'what does not pass is passed over');
  const hurried = await createInventoryReader({ ...options, maxRowsPerPage: 2000 });
  t.deepEqual(await pagesOf(hurried), [0, 0, 1], 'but not for long');
});

test('every key that S3 accepts is listed exactly', async (t) => {
  const store = createS3ObjectStore(await startS3Emulator(t));
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', ',', '\n', '\r', '+', '%', ' ', '/', '\ufeff', '\0'),
  );
  const key = fc.array(piece, { minLength: 1 }).map((all) => all.join(''));
  const keys = fc.array(
    key.filter((each) => each !== '' && Buffer.byteLength(each) <= 1024),
    { minLength: 1 },
  );
  await fc.assert(
    fc.asyncProperty(keys, async (all) => {
      const rows = all.map((each): TestRow => ({ key: each, body: 'x', versionId: 'v', isLatest: true }));
      const files = data([inventoryCsv(rows)], 'csv.gz');
      for (const each of files) await store.put(each.key, each.content);
      await store.put(manifestKey, Buffer.from(inventoryManifest(files, formats.CSV)));
      const inventory = await createInventoryReader({ store, manifestKey });
      t.deepEqual(
        (await listAll(inventory)).map((each) => each.key),
        all,
      );
    }),
    { numRuns: runs(30) },
  );
});
