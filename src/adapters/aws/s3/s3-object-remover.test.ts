import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { objectRemoverContract } from '../../../ports/object-remover.contract.ts';
import { startHttpServer } from '../../../testing/http/http-proxy.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectRemover } from './s3-object-remover.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

objectRemoverContract(test, async (t) => {
  const place = { ...(await startS3Emulator(t, { versioned: true })), versioned: true };
  return { store: createS3ObjectStore(place), remover: createS3ObjectRemover(place) };
});

test('in a bucket without versions one request removes an object', async (t) => {
  const place = await startS3Emulator(t);
  const store = createS3ObjectStore(place);
  const remover = createS3ObjectRemover(place);
  for (const key of ['a', 'ab']) await store.put(key, Buffer.from('1'));
  await remover.removeAll('a');
  t.deepEqual(
    (await store.list({ after: null, limit: 9 })).objects.map(({ key }) => key),
    ['ab'],
  );
});

for (const versioned of [true, false]) {
  test(`delete markers are removed too, with the setting versioned ${versioned}`, async (t) => {
    const { client, bucket } = await startS3Emulator(t, { versioned: true });
    const store = createS3ObjectStore({ client, bucket, versioned: true });
    for (const key of ['a', 'ab']) await store.put(key, Buffer.from('1'));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
    await createS3ObjectRemover({ client, bucket, versioned }).removeAll('a');
    const left = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    t.is(left.DeleteMarkers, undefined);
    t.deepEqual(
      left.Versions?.map(({ Key: key }) => key),
      ['ab'],
    );
  });
}

test('the error for a missing permission names it and the object', async (t) => {
  const body = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
  const headers = { 'content-type': 'application/xml' };
  const endpoint = await startHttpServer(t, async () => ({ status: 403, headers, body }));
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(() => client.destroy());
  const error = await t.throwsAsync(createS3ObjectRemover({ client, bucket: 'corpus' }).removeAll('x/y'));
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.regex(error?.message ?? '', /corpus\/x\/y was refused: the role needs s3:DeleteObject/);
});

test('versions beyond one page of the listing are removed too', async (t) => {
  const { client, bucket } = await startS3Emulator(t, { versioned: true });
  const store = createS3ObjectStore({ client, bucket, versioned: true });
  for (let index = 0; index < 7; index += 1) await store.put('a', Buffer.from(`${index}`));
  client.middlewareStack.add((next) => (each) => next({ ...each, input: { ...each.input, MaxKeys: 2 } }), {
    step: 'initialize',
  });
  await createS3ObjectRemover({ client, bucket, versioned: true }).removeAll('a');
  t.deepEqual((await store.list({ after: null, limit: 9 })).objects, []);
});
