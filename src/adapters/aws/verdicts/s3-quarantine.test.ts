import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import type { ObjectInfo } from '../../../domain/objects/object.ts';
import { answerOfCopy } from '../../../testing/s3/s3-copy.ts';
import { type S3EmulatorOptions, s3ClientOf, startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { failure, type S3Request } from '../../../testing/s3/s3-http.ts';
import { decodeFormKey } from '../s3/form-key.ts';
import { createS3ObjectStore } from '../s3/s3-object-store.ts';
import type { QuarantineRequest } from './quarantine-copy.ts';
import { createS3Quarantine } from './s3-quarantine.ts';

type Intercept = NonNullable<S3EmulatorOptions['intercept']>;

interface Setup {
  readonly client: S3Client;
  readonly quarantine: ReturnType<typeof createS3Quarantine>;
  /** Puts an object, and returns the request to move it. */
  place(key: string, content: string, more?: Partial<PutObjectCommandInput>): Promise<QuarantineRequest>;
  intercept(next: Intercept | null): void;
}

async function start(t: ExecutionContext, versioned: boolean): Promise<Setup> {
  let current: Intercept | null = null;
  const { endpoint } = await startS3Emulator(t, {
    versioned,
    intercept: (each, serve) => (current === null ? serve(each) : current(each, serve)),
  });
  const client = s3ClientOf(t, Number(new URL(endpoint).port), { maxAttempts: 1 });
  await client.send(new CreateBucketCommand({ Bucket: 'jail' }));
  const store = createS3ObjectStore({ client, bucket: 'corpus', versioned });
  return {
    client,
    quarantine: createS3Quarantine({ client, versioned }, 'jail'),
    async place(key, content, more = {}) {
      const { VersionId } = await client.send(
        new PutObjectCommand({ Bucket: 'corpus', Key: key, Body: content, ...more }),
      );
      const object = await store.head({ key, ...(VersionId === undefined ? {} : { version: VersionId }) });
      return requestOf(object, content);
    },
    intercept(next) {
      current = next;
    },
  };
}

function requestOf(object: ObjectInfo, content: string): QuarantineRequest {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    object,
    file: { sha256, md5: '', size: object.size, filepath: object.key, filename: object.key },
    match: { alertId: 'a'.repeat(32), ruleId: 'ü.yar:Rule', severity: 'critical' },
    at: '2026-01-02T03:04:05.678Z',
  };
}

/** Contents of all versions (or objects) of a bucket, with their keys. */
async function contents(client: S3Client, bucket: string, versioned: boolean): Promise<readonly string[]> {
  const found = versioned
    ? ((await client.send(new ListObjectVersionsCommand({ Bucket: bucket }))).Versions ?? [])
    : ((await client.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map((each) => ({
        ...each,
        VersionId: undefined,
      }));
  const read = found.map(async ({ Key: encoded = '', VersionId }) => {
    const Key = decodeFormKey(encoded) ?? encoded;
    const got = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }),
    );
    return `${Key}: ${await got.Body?.transformToString()}`;
  });
  return (await Promise.all(read)).sort();
}

for (const versioned of [true, false]) {
  const kind = versioned ? 'in buckets with versions' : 'in buckets without versions';

  test(`an object is moved with its metadata, its tags, and the reason: ${kind}`, async (t) => {
    const { client, quarantine, place } = await start(t, versioned);
    const key = 'in/ü +%41.exe';
    const request = await place(key, 'evil', {
      ...{ Metadata: { filepath: '/srv/x' }, ContentType: 'text/html', CacheControl: 'no-store', Tagging: 'team=red' },
    });
    t.deepEqual(await quarantine.move(request), { bucket: 'jail', key: `corpus/${key}` });
    t.deepEqual(await contents(client, 'corpus', versioned), []);
    const at = { Bucket: 'jail', Key: `corpus/${key}` };
    const moved = await client.send(new GetObjectCommand(at));
    t.is(await moved.Body?.transformToString(), 'evil');
    t.like(moved, { ContentType: 'text/html', CacheControl: 'no-store' });
    t.like(moved.Metadata, {
      filepath: '/srv/x',
      'rearview-alert-id': 'a'.repeat(32),
      'rearview-rule': '%c3%bc.yar:Rule',
      'rearview-sha256': request.file.sha256,
      'rearview-quarantined-at': '2026-01-02T03:04:05.678Z',
    });
    const { TagSet } = await client.send(new GetObjectTaggingCommand(at));
    t.deepEqual(TagSet, [{ Key: 'team', Value: 'red' }]);
    t.is(await quarantine.move(request), 'gone', 'a second time there is nothing left to move');
    t.is((await contents(client, 'jail', versioned)).length, 1);
  });

  test(`after a crash at any request, before or after it was served, nothing is lost and the next call completes the move: ${kind}`, async (t) => {
    for (const isServed of [false, true]) {
      for (let breakAt = 0; ; breakAt += 1) {
        const { client, quarantine, place, intercept } = await start(t, versioned);
        if (versioned) await place('a', 'earlier');
        const request = await place('a', 'evil');
        if (versioned) await place('a', 'later');
        const others = versioned ? ['a: earlier', 'a: later'] : [];
        let count = 0;
        intercept(async (each, serve) => {
          if (count++ !== breakAt) return serve(each);
          if (isServed) await serve(each);
          return null;
        });
        const error = await quarantine.move(request).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        intercept(null);
        const title = `${isServed ? 'after' : 'before'} request ${breakAt}`;
        const left = await contents(client, 'corpus', versioned);
        const jailed = await contents(client, 'jail', versioned);
        t.true(left.includes('a: evil') || jailed.includes('corpus/a: evil'), title);
        t.deepEqual(
          left.filter((each) => each !== 'a: evil'),
          others,
          title,
        );
        if (error === null) {
          t.true(breakAt > 3, 'it looks, copies, looks and deletes');
          break;
        }
        t.true(hasCode(error, 'ERR_UNAVAILABLE'), `${title}: ${String(error)}`);
        await quarantine.move(request);
        t.deepEqual(await contents(client, 'corpus', versioned), others, title);
        const copies = await contents(client, 'jail', versioned);
        t.deepEqual(copies, ['corpus/a: evil'], title);
      }
    }
  });

  test(`if the copy differs from the scanned content, the object stays: ${kind}`, async (t) => {
    const { client, quarantine, place, intercept } = await start(t, versioned);
    const request = await place('a', 'evil');
    // The size is equal: only the checksum differs.
    intercept(async (each, serve) => {
      if (each.headers['x-amz-copy-source'] === undefined) return serve(each);
      const { 'x-amz-copy-source': _, 'x-amz-copy-source-if-match': __, ...headers } = each.headers;
      const sum = createHash('sha256').update('EVIL').digest('base64');
      const damaged = { ...headers, 'x-amz-checksum-sha256': sum };
      const put = await serve({ ...each, headers: damaged, body: Buffer.from('EVIL') });
      return answerOfCopy(put, { path: '', versionId: null });
    });
    const error = await t.throwsAsync(quarantine.move(request));
    t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable, String(error));
    t.regex(error?.message ?? '', /differs from the scanned content/);
    t.deepEqual(await contents(client, 'corpus', versioned), ['a: evil']);
    intercept(null);
    t.like(await quarantine.move(request), { bucket: 'jail' });
    t.deepEqual(await contents(client, 'corpus', versioned), []);
    t.true((await contents(client, 'jail', versioned)).some((each) => each.endsWith(': evil')));
  });

  test(`all versions of one key are kept: ${kind}`, async (t) => {
    const { client, quarantine, place } = await start(t, versioned);
    // The name of the bucket and the version suffix make keys too long.
    for (const name of ['a', 'k'.repeat(1010), 'k'.repeat(1024)]) {
      for (const content of ['one', 'two', 'three'])
        t.like(await quarantine.move(await place(name, content)), { bucket: 'jail' });
    }
    const jailed = (await contents(client, 'jail', versioned)).map((each) => each.split(': ')[1]);
    t.deepEqual(jailed.sort(), ['one', 'one', 'one', 'three', 'three', 'three', 'two', 'two', 'two']);
  });

  test(`an object that cannot be deleted is copied once, however often it is tried: ${kind}`, async (t) => {
    const { client, quarantine, place, intercept } = await start(t, versioned);
    const request = await place('a', 'evil');
    intercept(async (each, serve) => (each.method === 'DELETE' ? failure(403, 'AccessDenied', 'No.') : serve(each)));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const error = await t.throwsAsync(quarantine.move(request));
      t.true(hasCode(error, 'ERR_OBJECT_DENIED'), String(error));
    }
    t.deepEqual(await contents(client, 'corpus', versioned), ['a: evil']);
    t.deepEqual(await contents(client, 'jail', versioned), ['corpus/a: evil']);
  });

  test(`metadata that leaves no space for Rearview's is kept completely: ${kind}`, async (t) => {
    const { client, quarantine, place } = await start(t, versioned);
    const Metadata = { filepath: 'x'.repeat(2000) };
    await quarantine.move(await place('a', 'evil', { Metadata }));
    t.deepEqual((await client.send(new GetObjectCommand({ Bucket: 'jail', Key: 'corpus/a' }))).Metadata, Metadata);
  });

  test(`a partly scanned file is moved completely, and S3's own checksum decides: ${kind}`, async (t) => {
    const { client, quarantine, place } = await start(t, versioned);
    const request = await place('a', 'evil and more', { ChecksumAlgorithm: 'SHA256' });
    const sha256 = createHash('sha256').update('evil').digest('hex');
    t.like(await quarantine.move({ ...request, file: { ...request.file, sha256, scannedBytes: 4 } }), {
      bucket: 'jail',
    });
    t.deepEqual(await contents(client, 'jail', versioned), ['corpus/a: evil and more']);
  });
}

test('an object that is overwritten while it is moved is not deleted', async (t) => {
  for (const method of ['HEAD', 'DELETE']) {
    const { client, quarantine, place, intercept } = await start(t, false);
    const request = await place('a', 'evil');
    let copied = false;
    let overwritten = false;
    intercept(async (each, serve) => {
      const isOurs = each.path.startsWith('/corpus/') && each.method === method;
      if (copied && !overwritten && isOurs) {
        overwritten = true;
        await serve(putOf('/corpus/a', 'good'));
      }
      copied ||= each.headers['x-amz-copy-source'] !== undefined;
      return serve(each);
    });
    await quarantine.move(request);
    t.true(overwritten, method);
    t.deepEqual(await contents(client, 'corpus', false), ['a: good'], method);
    t.deepEqual(await contents(client, 'jail', false), ['corpus/a: evil'], method);
  }
});

test('an object that S3 does not copy in one request stays', async (t) => {
  const { client, quarantine, place, intercept } = await start(t, true);
  const request = await place('a', 'evil');
  intercept(async (each, serve) => {
    const answer = await serve(each);
    return { ...answer, headers: { ...answer.headers, 'content-length': String(5 * 2 ** 30 + 1) } };
  });
  t.is(await quarantine.move(request), 'too_large');
  intercept(null);
  t.deepEqual(await contents(client, 'corpus', true), ['a: evil']);
});

test('without the quarantine bucket nothing is deleted', async (t) => {
  const { client, place } = await start(t, true);
  const request = await place('a', 'evil');
  const error = await t.throwsAsync(createS3Quarantine({ client, versioned: true }, 'no-such-bucket').move(request));
  t.true(hasCode(error, 'ERR_CONFIG'), String(error));
  t.deepEqual(await contents(client, 'corpus', true), ['a: evil']);
});

test('an object that is overwritten just before it is copied is not copied, and is gone', async (t) => {
  const { client, quarantine, place, intercept } = await start(t, false);
  const request = await place('a', 'evil');
  // Scanned in part: the checksum of the whole is unknown.
  const inPart = { ...request, file: { ...request.file, scannedBytes: 1 } };
  intercept(async (each, serve) => {
    if (each.headers['x-amz-copy-source'] !== undefined) await serve(putOf('/corpus/a', 'good'));
    return serve(each);
  });
  t.true(hasCode(await t.throwsAsync(quarantine.move(inPart)), 'ERR_OBJECT_CHANGED'));
  t.is(await quarantine.move(inPart), 'gone');
  t.deepEqual(await contents(client, 'corpus', false), ['a: good']);
  t.deepEqual(await contents(client, 'jail', false), []);
});

test('an object that enters quarantine meanwhile is not replaced, in a bucket without versions', async (t) => {
  const { client, quarantine, place, intercept } = await start(t, false);
  const request = await place('a', 'evil');
  intercept(async (each, serve) => {
    if (each.headers['x-amz-copy-source'] !== undefined) await serve(putOf('/jail/corpus/a', 'worse'));
    return serve(each);
  });
  t.true(hasCode(await t.throwsAsync(quarantine.move(request)), 'ERR_OBJECT_CHANGED'));
  intercept(null);
  await quarantine.move(request);
  const jailed = await contents(client, 'jail', false);
  t.deepEqual(
    jailed.map((each) => each.split(': ')[1]),
    ['evil', 'worse'],
  );
  t.deepEqual(await contents(client, 'corpus', false), []);
});

test('the copy of another content of equal length is not taken for this one, even without checksums', async (t) => {
  const { client, quarantine, place } = await start(t, false);
  const partOf = ({ file, ...rest }: QuarantineRequest) => ({ ...rest, file: { ...file, scannedBytes: 1 } });
  await quarantine.move(partOf(await place('a', 'evil')));
  await quarantine.move(partOf(await place('a', 'vile')));
  const jailed = await contents(client, 'jail', false);
  t.deepEqual(jailed.map((each) => each.split(': ')[1]).sort(), ['evil', 'vile']);
});

test('a store that returns another version than requested is not trusted', async (t) => {
  const { client, quarantine, place, intercept } = await start(t, false);
  const request = await place('a', 'evil');
  // It has no versions, and does not report that.
  intercept((each, serve) => serve({ ...each, query: new URLSearchParams(), raw: each.path }));
  t.is(await quarantine.move({ ...request, object: { ...request.object, version: 'an-id' } }), 'gone');
  intercept(null);
  t.deepEqual(await contents(client, 'corpus', false), ['a: evil']);
});

function putOf(path: string, content: string): S3Request {
  return { method: 'PUT', headers: {}, path, raw: path, query: new URLSearchParams(), body: Buffer.from(content) };
}
