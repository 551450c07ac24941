import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { objectStoreContract } from '../../../ports/object-store.contract.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

objectStoreContract(test, async (t) =>
  createS3ObjectStore({ ...(await startS3Emulator(t, { versioned: true })), versioned: true }),
);

test('a deleted object is gone, and its earlier versions are listed and read', async (t) => {
  const { client, bucket } = await startS3Emulator(t, { versioned: true });
  const store = createS3ObjectStore({ client, bucket, versioned: true });
  const info = await store.put('a', Buffer.from('1'));
  const { VersionId: mark = '' } = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
  for (const version of [undefined, mark, 'no-such']) {
    const ref = { key: 'a', ...(version === undefined ? {} : { version }) };
    t.true(hasCode(await t.throwsAsync(store.head(ref)), 'ERR_OBJECT_GONE'), version);
    if (version === undefined) continue;
    const read = store.read({ bucket, key: 'a', version }, { maxBytes: 9 });
    t.true(hasCode(await t.throwsAsync(read), 'ERR_OBJECT_GONE'), version);
  }
  t.is((await store.read(info, { maxBytes: 9 })).size, 1);
  for (const limit of [1, 10]) {
    let after: string | null = null;
    const listed: string[] = [];
    do {
      const page: Awaited<ReturnType<typeof store.list>> = await store.list({ after, limit });
      listed.push(...page.objects.map(({ version }) => version));
      after = page.next;
    } while (after !== null);
    t.deepEqual(listed, [info.version]);
  }
});

test('a version named by an event is read even if the store was configured without versions', async (t) => {
  const { client, bucket } = await startS3Emulator(t, { versioned: true });
  const store = createS3ObjectStore({ client, bucket });
  const put = await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'first' }));
  await store.put('a', Buffer.from('second'));
  const content = await store.read({ bucket, key: 'a', version: put.VersionId ?? '' }, { maxBytes: 9 });
  t.like(content, { version: put.VersionId, bytes: new Uint8Array(Buffer.from('first')) });
});
