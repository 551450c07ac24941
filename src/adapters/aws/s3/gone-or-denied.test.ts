import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { RearviewError } from '../../../domain/errors.ts';
import type { ObjectReader } from '../../../ports/object-store.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { failure, keyOf, type S3Request } from '../../../testing/s3/s3-http.ts';
import { restrictedTo } from '../../../testing/s3/s3-restricted.ts';
import { withMissingObjects } from './gone-or-denied.ts';
import { createS3ObjectStore } from './s3-object-store.ts';
import { withinPrefix } from './within-prefix.ts';

const most = { maxBytes: 9 };

/** A bucket in which `in/` may be read, except the key `in/secret`. */
async function start(t: ExecutionContext, versioned: boolean) {
  const refused: S3Request[] = [];
  const policy = restrictedTo('corpus', 'in/', (each) => refused.push(each));
  const place = await startS3Emulator(t, {
    versioned,
    intercept: (each, serve) =>
      each.method !== 'PUT' && keyOf(each.path) === 'in/secret'
        ? Promise.resolve(failure(403, 'AccessDenied', 'No.'))
        : policy(each, serve),
  });
  const store = createS3ObjectStore({ ...place, versioned });
  return { ...place, store, refused, reader: withinPrefix(withMissingObjects(store), 'in/') };
}

for (const versioned of [false, true]) {
  test(`a listing of the key distinguishes a missing object from a denied one, ${versioned ? 'with' : 'without'} versions`, async (t) => {
    const { client, bucket, store, reader, refused } = await start(t, versioned);
    const gone = await store.put('in/a', Buffer.from('1'));
    await store.put('in/a/b', Buffer.from('2'));
    await store.put('in/ab', Buffer.from('3'));
    t.is((await reader.read(gone, most)).size, 1);
    const VersionId = versioned ? { VersionId: gone.version } : {};
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'in/a', ...VersionId }));
    await t.throwsAsync(store.read(gone, most), { code: 'ERR_OBJECT_DENIED' }, 'so S3 says');
    await t.throwsAsync(reader.read(gone, most), { code: 'ERR_OBJECT_GONE' });
    await t.throwsAsync(reader.head({ key: 'in/a' }), { code: 'ERR_OBJECT_GONE' });
    await t.throwsAsync(reader.head(gone), { code: 'ERR_OBJECT_GONE' });
    t.deepEqual(refused, [], 'nothing was asked that the role may not ask');

    const { version } = await store.put('in/secret', Buffer.from('4'));
    const secret = { bucket, key: 'in/secret', version: versioned ? 'v0003' : version };
    await t.throwsAsync(reader.read(secret, most), { code: 'ERR_OBJECT_DENIED' });
    await t.throwsAsync(reader.head({ key: 'in/secret' }), { code: 'ERR_OBJECT_DENIED' });
  });
}

test('if the listing is denied too, the error stays a denial', async (t) => {
  const denied = async () => {
    throw new RearviewError('ERR_OBJECT_DENIED', 'No.', { retryable: true });
  };
  const reader: ObjectReader = { bucket: 'b', head: denied, read: denied, list: denied };
  await t.throwsAsync(withMissingObjects(reader).head({ key: 'a' }), { code: 'ERR_OBJECT_DENIED' });

  const other = { bucket: 'b', key: 'a', version: 'other', size: 1, arrivedAt: '2026-01-01T00:00:00.000Z' };
  const list = async (next: string | null) => ({ objects: [other], problems: [], next });
  const looking = (next: string | null) => withMissingObjects({ ...reader, list: () => list(next) });
  await t.throwsAsync(looking('more').head({ key: 'a', version: 'v' }), { code: 'ERR_OBJECT_DENIED' });
  await t.throwsAsync(looking(null).head({ key: 'a', version: 'v' }), { code: 'ERR_OBJECT_GONE' });
  await t.throwsAsync(looking(null).head({ key: 'a' }), { code: 'ERR_OBJECT_DENIED' });
});
