import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createS3ObjectStore } from '../../../adapters/aws/s3/s3-object-store.ts';
import { startRetro } from '../../../app/scans/retro-scans.ts';
import type { AwsTarget } from '../../../targets/aws/aws-target.ts';
import { csvSchema, inventoryCsv, inventoryManifest } from '../../s3/s3-inventory-files.ts';
import { rulesFor } from './exercise-live.ts';
import type { Exercise } from './start-exercise.ts';

const manifestKey = 'corpus/all/2026-02-01T01-00Z/manifest.json';
const inventory = `s3://inventories/${manifestKey}`;

/**
 * New rules are planned, published, and scanned over what arrived: by listing the bucket and its
 * inventory, begun by every role that may begin a scan.
 */
export async function exerciseRetro({ pipeline, succeed }: Exercise): Promise<void> {
  const { target, lambda } = pipeline;
  const retroOf = { scans: target.state.scans, library: target.library, now: Date.now };
  // An earlier scan without a batcher, to be superseded.
  const options = { buckets: target.buckets, filter: {}, full: false, inventories: [], expected: null };
  const earlier = await startRetro(retroOf, options);
  pipeline.write(rulesFor('beta', 'dire', 'prolix'));
  await succeed('preview', 'rules', 'diff');
  await succeed('preview', 'rules', 'build', '--out', 'ruleset.bin');
  await succeed('preview', 'retro', 'plan', '--ruleset', 'ruleset.bin', '--report', 'forecast.json');
  const { stdout: previewed } = await succeed('preview', 'retro', 'preview');
  if (!/completed {2}passed/.test(previewed)) throw new Error(previewed);
  await succeed('publish', 'publish');
  await succeed('publish', 'publish');
  await succeed('preview', 'retro', 'plan');
  const started = await succeed('publish', 'retro', 'start', '--no-wait');
  if (!started.stderr.includes(`${earlier.scan.id} is cancelled`)) throw new Error(started.stderr);
  await completed(pipeline, started.stdout.trim());
  await succeed('publish', 'retro', 'watch');
  await succeed('publish', 'retro', 'status', '--ledger');
  await succeed('publish', 'matches', 'list', '--scan', started.stdout.trim());
  // Back, and to where it was.
  const unplanned = await startRetro(retroOf, options);
  await succeed('rollback', 'ruleset', 'rollback');
  const again = await succeed('rollback', 'retro', 'start', '--no-wait');
  if (!again.stderr.includes(`${unplanned.scan.id} is cancelled`)) throw new Error(again.stderr);
  await completed(pipeline, again.stdout.trim());
  await succeed('rollback', 'ruleset', 'rollback', '2');
  await succeed('publish', 'ruleset', 'list');

  // Only the finisher plans this one and ends the next.
  await forgetSome(pipeline);
  const { scan } = await startRetro(retroOf, { ...options, full: true });
  await completed(pipeline, scan.id);
  const { scan: listed } = await startRetro(retroOf, { ...options, filter: { prefix: 'none/' } });
  await leaveListed(target, listed.id);
  await completed(pipeline, listed.id);

  await writeInventory(pipeline);
  await succeed('preview', 'retro', 'plan', '--inventory', inventory);
  await succeed('publish', 'retro', 'plan', '--inventory', inventory);
  const start = { full: true, inventories: [inventory] };
  const { payload, error } = await lambda.invoke('batcher', { start });
  if (error !== null) throw new Error(JSON.stringify(error));
  await completed(pipeline, JSON.parse(payload ?? '').scanId);
}

/** The look-ups of matches by the main branch, and of scans by pull requests. */
export async function exerciseStatistics({ pipeline, succeed }: Exercise): Promise<void> {
  const [match] = (await pipeline.target.state.matches.list({ filter: {}, limit: 1 })).matches;
  if (match === undefined) throw new Error('nothing matched');
  await succeed('publish', 'matches', 'list');
  await succeed('publish', 'matches', 'list', '--rule', 'alpha');
  await succeed('publish', 'matches', 'list', '--scan', match.alert.scan.id);
  await succeed('publish', 'matches', 'show', match.sha256);
  await succeed('preview', 'retro', 'list');
  await succeed('preview', 'retro', 'status', '--ledger');
}

/** Removes the records of a few objects, as if they had been in the corpus before the stack. */
async function forgetSome({ services, target: { config } }: Exercise['pipeline']): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: services.endpoints.dynamo, region: 'us-east-1', credentials });
  try {
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName: config.objectsTable }));
    const records = items.flatMap(({ pk, sk }) => (sk?.S === 'record' && pk !== undefined ? [{ pk, sk }] : []));
    for (const Key of records.slice(0, 5))
      await client.send(new DeleteItemCommand({ TableName: config.objectsTable, Key }));
  } finally {
    client.destroy();
  }
}

/** A scan whose batcher died when all was listed. */
async function leaveListed({ state: { scans } }: AwsTarget, scanId: string): Promise<void> {
  const time = { nowMs: Date.now(), ttlMs: 1 };
  const lease = await scans.acquireLease(scanId, 'test', time);
  if (lease === null) throw new Error(`Another batcher plans ${scanId}.`);
  const nothing = { batches: [], settled: null, listed: { objects: 0, bytes: 0 } };
  await scans.checkpoint(lease, { cursor: { bucket: 'corpus', after: null }, listingDone: true, ...nothing }, time);
}

async function completed(pipeline: Exercise['pipeline'], scanId: string): Promise<void> {
  const { state, error, counts } = await pipeline.ended(scanId);
  if (state === 'completed' && counts.failed === 0) return;
  throw new Error(`${scanId} ${state}: ${error ?? JSON.stringify(counts)}`);
}

async function writeInventory({ services, target }: Exercise['pipeline']): Promise<void> {
  const { objects } = await target.corpus.list({ after: null, limit: 1000 });
  // One of them was there when the inventory was made, and is gone.
  const all = [...objects, { key: 'in/expired', version: 'v9999', size: 1 }];
  const rows = all.map(({ key, version, size }) => ({ key, versionId: version, isLatest: true, body: '', size }));
  const data = { key: 'corpus/all/data/0.csv.gz', content: inventoryCsv(rows) };
  const store = createS3ObjectStore({ client: services.s3, bucket: 'inventories' });
  await store.put(data.key, data.content);
  // So that all that is there counts as old.
  const createdAt = new Date(Date.now() + 8 * 86_400_000).toISOString();
  const fields = { fileFormat: 'CSV', fileSchema: csvSchema, createdAt, destinationBucket: 'arn:aws:s3:::inventories' };
  await store.put(manifestKey, Buffer.from(inventoryManifest([data], fields)));
}
