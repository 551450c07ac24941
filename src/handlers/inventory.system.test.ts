import { once } from 'node:events';
import { CreateBucketCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { createS3ObjectStore } from '../adapters/aws/s3/s3-object-store.ts';
import type { LedgerEntry } from '../domain/scans/outcome.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { type Intercept, startS3Intercept } from '../testing/s3/s3-intercept.ts';
import {
  csvSchema,
  csvSchemaOfCurrent,
  inventoryCsv,
  inventoryManifest,
  rowsModified,
  type TestRow,
} from '../testing/s3/s3-inventory-files.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const oldCount = 40;
const old = Object.fromEntries(Array.from({ length: oldCount }, (_, index) => [`old/${index} +ü`, `alpha ${index}`]));
/** Long after `rowsModified`, long before anything that is uploaded now. */
const createdAt = '2026-02-01T01:00:00.000Z';
const folder = 'corpus/all/2026-02-01T01-00Z';
const manifestKey = `${folder}/manifest.json`;
const url = `s3://inventories/${manifestKey}`;

/**
 * A pipeline whose corpus holds objects that count as old, by their keys, and a bucket for
 * inventories.
 */
async function start(t: ExecutionContext, options: AwsPipelineOptions = {}): Promise<AwsPipeline> {
  const modifiedAt = (key: string) => (key.startsWith('old/') ? new Date(rowsModified) : undefined);
  const pipeline = await startAwsPipeline(t, { modifiedAt, ...options });
  await pipeline.services.s3.send(new CreateBucketCommand({ Bucket: 'inventories' }));
  await pipeline.upload(old);
  await pipeline.publish(alpha);
  return pipeline;
}

const storeOf = ({ services }: AwsPipeline) => createS3ObjectStore({ client: services.s3, bucket: 'inventories' });

/** Rows of all that is in the corpus now. */
async function rowsOf({ target }: AwsPipeline): Promise<readonly TestRow[]> {
  const { objects } = await target.corpus.list({ after: null, limit: 1000 });
  return objects.map(({ key, version }) => ({
    ...{ key, versionId: version, isLatest: true },
    body: old[key] ?? '',
  }));
}

/** Writes an inventory of files of so many rows; answers the keys of the files. */
async function writeInventory(
  pipeline: AwsPipeline,
  files: readonly (readonly TestRow[])[],
  fields: Partial<Parameters<typeof inventoryManifest>[1]> & { readonly key?: string } = {},
): Promise<readonly string[]> {
  const store = storeOf(pipeline);
  const { key = manifestKey, fileSchema = csvSchema, ...others } = fields;
  const data = files.map((rows, index) => ({
    key: `corpus/all/data/${index}.csv.gz`,
    content: inventoryCsv(rows, fileSchema),
  }));
  for (const each of data) await store.put(each.key, each.content);
  const manifest = inventoryManifest(data, {
    ...{ fileFormat: 'CSV', fileSchema, createdAt, destinationBucket: 'arn:aws:s3:::inventories' },
    ...others,
  });
  await store.put(key, Buffer.from(manifest));
  return data.map((each) => each.key);
}

const keysOf = (entries: readonly LedgerEntry[]) => entries.map(({ key }) => key).sort();

testWithDynamo('a scan of an inventory covers its objects, and those that arrived in the bucket since', async (t) => {
  const pipeline = await start(t);
  const rows = await rowsOf(pipeline);
  const expired: TestRow = { key: 'old/expired', body: 'alpha', versionId: 'v9999', isLatest: true };
  await writeInventory(pipeline, [rows.slice(0, 15), [expired, ...rows.slice(15)]]);
  // That the inventory is what is listed shows in what it does not tell of.
  await pipeline.upload({ 'old/not in the inventory': 'alpha', 'late/a': 'alpha', late: 'nothing' });
  await pipeline.settle();

  const plan = await pipeline.run('retro', 'plan', '--inventory', url, '--full', '--json');
  t.is(plan.code, 0, plan.stderr);
  t.like(JSON.parse(plan.stdout), {
    ...{ objects: oldCount + 1, dueObjects: oldCount + 1 },
    inventories: [{ name: url, bucket: 'corpus', createdAt, completeBefore: '2026-01-25T01:00:00.000Z' }],
  });
  const started = await pipeline.run('retro', 'start', '--inventory', url, '--full', '--no-wait');
  t.is(started.code, 0, started.stderr);
  t.true(
    started.stderr.includes(
      `corpus: ${url}, created ${createdAt}; objects that arrived since 2026-01-25T01:00:00.000Z`,
    ),
  );
  const scan = await pipeline.ended(started.stdout.trim());
  t.like(scan, { state: 'completed', error: null, inventories: [url], listed: { objects: oldCount + 3 } });
  t.like(scan.counts, { objects: oldCount + 3, scanned: oldCount + 2, skipped: 1, matches: oldCount + 1 });
  const entries = await pipeline.ledger(scan.id);
  t.deepEqual(keysOf(entries), [...Object.keys(old), 'old/expired', 'late', 'late/a'].sort());
  t.like(
    entries.find(({ key }) => key === 'old/expired'),
    { outcome: { status: 'skipped', reason: 'gone' } },
  );
  const status = await pipeline.run('retro', 'status', scan.id);
  t.regex(status.stdout, /^listing +s3:\/\/inventories\/corpus\/all\/2026-02-01T01-00Z\/manifest\.json$/m);
});

testWithDynamo('killed while it lists an inventory or the later arrivals, the batcher loses nothing', async (t) => {
  const killed: string[] = [];
  const listedBefore: (number | undefined)[] = [];
  const intercept: Intercept = async ({ method, bucket, key, query, signal }) => {
    const moment = key.endsWith('/1.csv.gz') ? 'second file' : query.has('versions') ? 'bucket' : null;
    if (method !== 'GET' || moment === null || bucket === 'artifacts' || killed.includes(moment)) return null;
    killed.push(moment);
    listedBefore.push((await pipeline.target.state.scans.list({ kind: 'retro', limit: 1 }))[0]?.listed.objects);
    const gone = once(signal, 'abort');
    await pipeline.lambda.kill('batcher');
    await gone;
    return { status: 503, headers: {}, body: '' };
  };
  const pipeline = await start(t, {
    front: async (service, endpoint) => (service === 'S3' ? startS3Intercept(t, endpoint, intercept) : endpoint),
  });
  const rows = await rowsOf(pipeline);
  // More than one step takes: a checkpoint lies before the second file.
  const huge = Array.from({ length: 1200 }, (_, index): TestRow => {
    return { key: `old/huge ${index}`, body: '', size: 2 ** 40, versionId: `h${index}`, isLatest: true };
  });
  await writeInventory(pipeline, [huge, rows]);
  await pipeline.upload({ 'late/a': 'alpha' });
  await pipeline.settle();

  const { id } = await pipeline.begin({ full: true, inventories: [url] });
  const scan = await pipeline.ended(id);
  t.deepEqual(killed, ['second file', 'bucket']);
  t.deepEqual(listedBefore, [1000, huge.length + oldCount]);
  t.is(pipeline.lambda.stats('batcher').kills, 2);
  const all = huge.length + oldCount + 1;
  t.like(scan, { state: 'completed', listed: { objects: all } });
  t.like(scan.counts, { objects: all, scanned: oldCount + 1, skipped: huge.length, failed: 0 });
  const entries = await pipeline.ledger(id);
  t.deepEqual(keysOf(entries), [...huge.map(({ key }) => key), ...Object.keys(old), 'late/a'].sort());
});

testWithDynamo('an inventory that cannot serve is refused before there is a scan', async (t) => {
  const pipeline = await start(t);
  const rows = await rowsOf(pipeline);
  const at = (name: string) => `s3://inventories/${name}/manifest.json`;
  await writeInventory(pipeline, [rows]);
  await writeInventory(pipeline, [rows], { key: 'other/manifest.json', sourceBucket: 'elsewhere' });
  await writeInventory(pipeline, [rows], { key: 'orc/manifest.json', fileFormat: 'ORC' });
  await writeInventory(pipeline, [rows], { key: 'current/manifest.json', fileSchema: csvSchemaOfCurrent });
  const refused = async (urls: readonly string[], why: RegExp) => {
    const { code, stderr } = await pipeline.run('retro', 'start', ...urls.flatMap((each) => ['--inventory', each]));
    t.is(code, 2, stderr);
    t.regex(stderr, why);
  };
  await refused([at('other')], /belongs to elsewhere, which is not a bucket of the corpus. The corpus has corpus/);
  await refused([at('orc')], /the unsupported format ORC/);
  await refused([at('current')], /only current versions/);
  await refused([at('none')], /Cannot read the inventory s3:\/\/inventories\/none\/manifest\.json: .*does not exist/);
  await refused([url, url], /both belong to corpus/);
  await refused(['s3://inventories/corpus/'], /is not a file: use the URL of an inventory.s manifest\.json/);
  await refused(['manifest.json'], /is not an S3 URL/);
  const { error } = await pipeline.lambda.invoke('batcher', { start: { inventories: [at('orc')] } });
  t.not(error, null);
  t.deepEqual(await pipeline.target.state.scans.list({ kind: 'retro', limit: 10 }), []);
});

testWithDynamo('a scan whose inventory disappears while it is listed fails with that reason', async (t) => {
  const pipeline = await start(t);
  const [file = ''] = await writeInventory(pipeline, [await rowsOf(pipeline)]);
  await pipeline.settle();
  await pipeline.services.s3.send(new DeleteObjectCommand({ Bucket: 'inventories', Key: file }));
  const scan = await pipeline.ended((await pipeline.begin({ full: true, inventories: [url] })).id);
  t.is(scan.state, 'failed');
  t.regex(scan.error ?? '', /data\/0\.csv\.gz.* does not exist \(any more\)/);
});

testWithDynamo('a function that starts a scan takes inventories', async (t) => {
  const pipeline = await start(t);
  await writeInventory(pipeline, [(await rowsOf(pipeline)).slice(0, 7)]);
  await pipeline.settle();
  const { payload, error } = await pipeline.lambda.invoke('batcher', { start: { full: true, inventories: [url] } });
  t.is(error, null);
  const scan = await pipeline.ended(JSON.parse(payload ?? '').scanId);
  t.like(scan, { state: 'completed', inventories: [url], counts: { objects: 7, scanned: 7 } });
});
