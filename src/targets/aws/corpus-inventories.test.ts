import test from 'ava';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { startS3Emulator } from '../../testing/s3/s3-emulator.ts';
import { csvSchema, inventoryCsv, inventoryManifest, type TestRow } from '../../testing/s3/s3-inventory-files.ts';
import { openCorpusInventories } from './corpus-inventories.ts';

test('for a bucket with a prefix, an inventory lists only keys with that prefix', async (t) => {
  const { client } = await startS3Emulator(t);
  const store = createS3ObjectStore({ client, bucket: 'corpus' });
  const rows = ['a', 'in/a', 'in/b', 'in2/c'].map((key, index): TestRow => {
    return { key, body: 'x', versionId: index < 2 ? 'null' : `v${index}`, isLatest: true };
  });
  const files = [{ key: 'data.csv.gz', content: inventoryCsv(rows) }];
  await store.put('data.csv.gz', files[0]?.content ?? Buffer.alloc(0));
  const manifest = inventoryManifest(files, { fileFormat: 'CSV', fileSchema: csvSchema, sourceBucket: 'mail' });
  await store.put('manifest.json', Buffer.from(manifest));

  const open = (prefix: string) =>
    openCorpusInventories(['s3://corpus/manifest.json'], {
      corpusBuckets: [
        { name: 'up', prefix: '' },
        { name: 'mail', prefix },
      ],
      versioned: true,
      readerOf: (bucket) => createS3ObjectStore({ client, bucket }),
    });
  const keysIn = async (prefix: string, asked?: string) => {
    const [inventory] = await open(prefix);
    t.is(inventory?.name, 's3://corpus/manifest.json');
    const filter = asked === undefined ? {} : { prefix: asked };
    return (await inventory?.list({ filter, after: null, limit: 10 }))?.objects.map(({ key }) => key);
  };
  t.deepEqual(await keysIn(''), ['a', 'in/a', 'in/b', 'in2/c']);
  t.deepEqual(await keysIn('in/'), ['in/a', 'in/b']);
  t.deepEqual(await keysIn('in/', 'in/b'), ['in/b']);
  t.deepEqual(await keysIn('in/', 'a'), []);
});
