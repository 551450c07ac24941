import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import test from 'ava';
import { startS3Emulator } from './s3-emulator.ts';

const named = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'ü=+ /@:.-' }));
const nameOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof S3ServiceException ? error.name : String(error)),
  );

for (const versioned of [true, false]) {
  const kind = versioned ? 'with versions' : 'without versions';

  test(`a range returns its bytes, and none above the end: ${kind}`, async (t) => {
    const { client, bucket } = await startS3Emulator(t, { versioned });
    const at = { Bucket: bucket, Key: 'a' };
    await client.send(new PutObjectCommand({ ...at, Body: '0123456789', ChecksumAlgorithm: 'SHA256' }));
    const read = async (Range: string) => {
      const { Body, ContentLength, ContentRange } = await client.send(new GetObjectCommand({ ...at, Range }));
      return { text: await Body?.transformToString(), ContentLength, ContentRange };
    };
    t.deepEqual(await read('bytes=2-4'), { text: '234', ContentLength: 3, ContentRange: 'bytes 2-4/10' });
    t.deepEqual(await read('bytes=8-20'), { text: '89', ContentLength: 2, ContentRange: 'bytes 8-9/10' });
    t.is(await nameOf(read('bytes=10-12')), 'InvalidRange');
  });

  test(`tags are replaced as a set, and S3 takes ten: ${kind}`, async (t) => {
    const { client, bucket } = await startS3Emulator(t, { versioned });
    const at = { Bucket: bucket, Key: 'a &ü' };
    const tagsOf = async () => (await client.send(new GetObjectTaggingCommand(at))).TagSet;
    const setTags = (TagSet: { Key: string; Value: string }[]) =>
      nameOf(client.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } })));
    t.is(await nameOf(tagsOf()), 'NoSuchKey');
    await client.send(new PutObjectCommand({ ...at, Body: '1', Tagging: 'x=1&y=2' }));
    t.deepEqual(await tagsOf(), [
      { Key: 'x', Value: '1' },
      { Key: 'y', Value: '2' },
    ]);
    t.is(await setTags(named(10)), 'done');
    t.deepEqual(await tagsOf(), named(10));
    t.is(await setTags(named(11)), 'BadRequest');
    t.is(await setTags([{ Key: 'a', Value: '{}' }]), 'InvalidTag');
    t.is(await setTags([...named(1), ...named(1)]), 'InvalidTag');
    await client.send(new PutObjectCommand({ ...at, Body: '2' }));
    t.deepEqual(await tagsOf(), [], 'a new object has none');
  });

  test(`a copy has content, metadata and tags of its source, unless the request replaces them: ${kind}`, async (t) => {
    const { client, bucket } = await startS3Emulator(t, { versioned });
    const from = { Bucket: bucket, Key: 'a b' };
    const given = { Metadata: { m: '1' }, ContentType: 'text/plain', Tagging: 'x=1' };
    const { ETag, VersionId } = await client.send(new PutObjectCommand({ ...from, ...given, Body: 'first' }));
    const version = VersionId === undefined ? '' : `?versionId=${VersionId}`;
    const copy = { Bucket: bucket, Key: 'copy', CopySource: `${bucket}/a%20b${version}` };
    if (versioned) await client.send(new PutObjectCommand({ ...from, Body: 'second' }));
    t.is(await nameOf(client.send(new CopyObjectCommand({ ...copy, CopySourceIfMatch: '"0"' }))), 'PreconditionFailed');
    const answer = await client.send(
      new CopyObjectCommand({ ...copy, ChecksumAlgorithm: 'SHA256', CopySourceIfMatch: ETag }),
    );
    t.is(answer.CopyObjectResult?.ETag, ETag);
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'copy', ChecksumMode: 'ENABLED' }));
    t.is(await got.Body?.transformToString(), 'first');
    t.like(got, { Metadata: { m: '1' }, ContentType: 'text/plain' });
    t.is(got.ChecksumSHA256, answer.CopyObjectResult?.ChecksumSHA256);
    t.is(got.VersionId, answer.VersionId);
    const tags = await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'copy' }));
    t.deepEqual(tags.TagSet, [{ Key: 'x', Value: '1' }]);
    t.is(await nameOf(client.send(new CopyObjectCommand({ ...copy, IfNoneMatch: '*' }))), 'PreconditionFailed');
    await client.send(new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE', Metadata: { n: '2' } }));
    t.deepEqual((await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'copy' }))).Metadata, { n: '2' });
  });
}

test('a listing by delimiter has folders in place of their content, and continues after each', async (t) => {
  const { client, bucket } = await startS3Emulator(t);
  for (const Key of ['a', 'a/1', 'a/2', 'a0', 'b/c/1', 'b/d', 'z', '~/1']) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '1' }));
  }
  const list = async (input: Partial<ListObjectsV2CommandInput>) => {
    const all: (string | undefined)[] = [];
    for (let token: string | undefined; ; ) {
      const from = { Bucket: bucket, Delimiter: '/', ContinuationToken: token, ...input };
      const page = await client.send(new ListObjectsV2Command(from));
      all.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map((each) => each.Prefix),
      );
      if (page.IsTruncated !== true) return all;
      token = page.NextContinuationToken;
    }
  };
  const found = ['a', 'a/', 'a0', 'b/', 'z', '~/'];
  t.deepEqual(await list({ MaxKeys: 1 }), found);
  t.deepEqual((await list({})).toSorted(), found.toSorted());
  t.deepEqual(await list({ Prefix: 'b/' }), ['b/d', 'b/c/']);
  t.deepEqual(await list({ StartAfter: 'a/1', Prefix: 'a' }), ['a0', 'a/']);
});

test('deleting a version leaves the others, and the latest of them is the object again', async (t) => {
  const { client, bucket } = await startS3Emulator(t, { versioned: true });
  const at = { Bucket: bucket, Key: 'a' };
  const put = async (Body: string) => (await client.send(new PutObjectCommand({ ...at, Body }))).VersionId ?? '';
  const [first, second] = [await put('1'), await put('2')];
  await client.send(new DeleteObjectCommand({ ...at, VersionId: second }));
  await client.send(new DeleteObjectCommand({ ...at, VersionId: second }));
  t.is((await client.send(new HeadObjectCommand(at))).VersionId, first);
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  t.deepEqual(
    Versions.map(({ VersionId }) => VersionId),
    [first],
  );
  t.not(await put('3'), second, 'no id is given twice');
});

test('a delete with a condition keeps an object that does not meet it', async (t) => {
  const { client, bucket } = await startS3Emulator(t);
  const at = { Bucket: bucket, Key: 'a' };
  const { ETag } = await client.send(new PutObjectCommand({ ...at, Body: '1' }));
  t.is(await nameOf(client.send(new DeleteObjectCommand({ ...at, IfMatch: '"0"' }))), 'PreconditionFailed');
  t.is(await nameOf(client.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }))), 'done');
  t.is(await nameOf(client.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }))), 'NoSuchKey');
});

test('a bucket without versions, next to one with them, names its versions null', async (t) => {
  const { client } = await startS3Emulator(t, { versioned: (bucket) => bucket === 'corpus' });
  await client.send(new CreateBucketCommand({ Bucket: 'plain' }));
  const put = async (Bucket: string) =>
    (await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '1' }))).VersionId;
  t.is(await put('corpus'), 'v0000');
  t.is(await put('plain'), undefined);
  const list = async (Bucket: string) =>
    ((await client.send(new ListObjectVersionsCommand({ Bucket }))).Versions ?? []).map(({ Key, VersionId }) => [
      Key,
      VersionId,
    ]);
  t.deepEqual(await list('corpus'), [['a', 'v0000']]);
  t.deepEqual(await list('plain'), [['a', 'null']]);
  const at = { Bucket: 'plain', Key: 'a' };
  t.is((await client.send(new HeadObjectCommand({ ...at, VersionId: 'null' }))).VersionId, undefined);
  t.is(await nameOf(client.send(new GetObjectCommand({ ...at, VersionId: 'v0000' }))), 'InvalidArgument');
});

test('notifications are replaced as a whole, get ids, and their destinations are validated unless the request skips that', async (t) => {
  const { client, bucket: Bucket } = await startS3Emulator(t);
  const put = (NotificationConfiguration: NotificationConfiguration, SkipDestinationValidation = true, at = Bucket) =>
    nameOf(
      client.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: at,
          NotificationConfiguration,
          SkipDestinationValidation,
        }),
      ),
    );
  const get = async () => {
    const { $metadata: _, ...rest } = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return rest;
  };
  const queue = { QueueArn: 'arn:aws:sqs:us-east-1:1:q', Events: ['s3:ObjectCreated:*' as const] };
  t.deepEqual(await get(), {});
  t.is(await put({ QueueConfigurations: [queue] }, false), 'InvalidArgument');
  t.is(await put({ EventBridgeConfiguration: {}, QueueConfigurations: [queue] }), 'done');
  t.deepEqual(await get(), { EventBridgeConfiguration: {}, QueueConfigurations: [{ Id: 'id-1', ...queue }] });
  t.is(await put({}, false), 'done');
  t.deepEqual(await get(), {});
  t.is(await put({}, true, 'no-such-bucket'), 'NoSuchBucket');
});
