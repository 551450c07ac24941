import test from 'ava';
import * as z from 'zod';
import { readManifest } from '../../src/adapters/aws/s3/inventory/manifest.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { recordOptions } from '../testing/record-options.ts';
import { recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const place = '111122223333-eu-central-1';
const record = (inventory: string) =>
  recordProgram(async () => new Storage(contextFor('prod', { corpus: { inventory } })));

test.serial('the corpus is listed every day or week, encrypted, into a separate bucket', async (t) => {
  for (const [inventory, frequency] of [
    ['daily', 'Daily'],
    ['weekly', 'Weekly'],
  ] as const) {
    const program = await record(inventory);
    t.like(program.named('corpus-inventory', 'Inventory').inputs, {
      bucket: `rearview-prod-corpus-${place}`,
      schedule: { frequency },
      destination: {
        bucket: {
          bucketArn: `arn:aws:s3:::rearview-prod-inventories-${place}`,
          accountId: '111122223333',
          encryption: { sseKms: { keyId: 'arn:aws:kms:eu-central-1:111122223333:key/data-key' } },
        },
      },
    });
    t.is(
      await new Promise((resolve) => program.result.inventories?.name.apply(resolve)),
      `rearview-prod-inventories-${place}`,
    );
  }
});

/**
 * Names of the optional fields in S3's schema of a Parquet file:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
const columns: Readonly<Record<string, string>> = {
  Size: 'optional int64 size;',
  LastModifiedDate: 'optional int64 last_modified_date (TIMESTAMP(MILLIS,true));',
  ETag: 'optional binary e_tag (STRING);',
};
const inputs = z.looseObject({
  includedObjectVersions: z.string(),
  optionalFields: z.array(z.string()),
  destination: z.object({ bucket: z.looseObject({ format: z.string() }) }),
});

test.serial('a retro scan can read the inventory', async (t) => {
  const given = inputs.parse((await record('daily')).named('corpus-inventory', 'Inventory').inputs);
  const versions =
    given.includedObjectVersions === 'All'
      ? 'optional binary version_id (STRING); optional boolean is_latest; optional boolean is_delete_marker;'
      : '';
  const manifest = {
    sourceBucket: 'corpus',
    destinationBucket: 'arn:aws:s3:::inventories',
    creationTimestamp: '1767225600000',
    fileFormat: given.destination.bucket.format,
    fileSchema: `message s3.inventory { required binary bucket (STRING); required binary key (STRING); ${versions} ${given.optionalFields.map((field) => columns[field]).join(' ')} }`,
    files: [],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const info = { bucket: 'inventories', key: 'm', version: '1', size: bytes.length, arrivedAt: '' };
  const store = {
    bucket: 'inventories',
    head: async () => info,
    read: async () => ({ ...info, bytes, metadata: {} }),
  };
  const read = await readManifest(store, { key: 'm', versioned: true });
  t.is(read.format, 'Parquet');
});

test.serial('it is configured once S3 may write there', async (t) => {
  const options = recordOptions();
  await recordProgram(async () => new Storage(contextFor('prod'), options.opts));
  t.deepEqual(options.dependenciesOf('Inventory', 'corpus-inventory'), ['inventories-policy']);
});

test.serial('without an inventory there is no bucket for it', async (t) => {
  const program = await record('off');
  t.is(program.result.inventories, null);
  t.is(program.ofType('Inventory').length, 0);
  t.false(program.ofType('Bucket').some(({ name }) => name === 'inventories'));
});
