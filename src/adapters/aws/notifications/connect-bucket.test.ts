import {
  CreateBucketCommand,
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import test, { type ExecutionContext } from 'ava';
import { s3ClientOf, startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { failure, type S3Request, type ServeS3 } from '../../../testing/s3/s3-http.ts';
import { readNotifications } from './bucket-notifications.ts';
import { connectBucket } from './connect-bucket.ts';

const created: Event = 's3:ObjectCreated:*';
const theirs = {
  QueueConfigurations: [
    {
      ...{ Id: 'mail & more', QueueArn: 'arn:aws:sqs:us-east-1:1:q', Events: [created] },
      Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'in/<ü> "' }] } },
    },
  ],
  TopicConfigurations: [{ TopicArn: 'arn:aws:sns:us-east-1:1:t', Events: ['s3:ObjectRemoved:*' as const] }],
  LambdaFunctionConfigurations: [
    {
      ...{ Id: 'f', LambdaFunctionArn: 'arn:aws:lambda:us-east-1:1:function:f', Events: [created] },
      Filter: { Key: { FilterRules: [{ Name: 'suffix' as const, Value: '.zip' }] } },
    },
  ],
};

async function start(t: ExecutionContext, configuration: NotificationConfiguration = theirs) {
  const requests: S3Request[] = [];
  /** Inserted before S3 once the bucket is made. */
  const front: { serve: (each: S3Request, serve: ServeS3) => ReturnType<ServeS3> } = {
    serve: (each, serve) => serve(each),
  };
  const { client, endpoint } = await startS3Emulator(t, {
    intercept: (each, serve) => {
      if (each.query.has('notification')) requests.push(each);
      return front.serve(each, serve);
    },
  });
  await client.send(new CreateBucketCommand({ Bucket: 'mail' }));
  await write(client, configuration);
  requests.length = 0;
  const asked = () => requests.map(({ method }) => method);
  return { client, endpoint, requests, asked, front, place: { client, bucket: 'mail' } };
}

function write(client: S3Client, configuration: NotificationConfiguration) {
  return client.send(
    new PutBucketNotificationConfigurationCommand({
      ...{ Bucket: 'mail', NotificationConfiguration: configuration, SkipDestinationValidation: true },
    }),
  );
}

async function read(client: S3Client) {
  const { $metadata: _, ...found } = await client.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: 'mail' }),
  );
  return found;
}

test('EventBridge is turned on; queues, topics and functions with their filters stay unchanged', async (t) => {
  const { client, place, requests } = await start(t);
  const before = await read(client);
  requests.length = 0;
  const { status, destinations } = await connectBucket(place);
  t.is(status, 'connected');
  t.deepEqual(
    destinations.map(({ kind, id, prefix, suffix }) => [kind, id, prefix + suffix]),
    [
      ['topic', 'id-1', ''],
      ['queue', 'mail & more', 'in/<ü> "'],
      ['function', 'f', '.zip'],
    ],
  );
  const put = requests.find(({ method }) => method === 'PUT');
  t.is(put?.headers['x-amz-skip-destination-validation'], 'true', 'destinations of others may be gone');
  t.deepEqual(await read(client), { ...before, EventBridgeConfiguration: {} });
});

test('a bucket without notifications gets only EventBridge', async (t) => {
  const { client, place } = await start(t, {});
  t.deepEqual(await connectBucket(place), { status: 'connected', destinations: [] });
  t.deepEqual(await read(client), { EventBridgeConfiguration: {} });
});

test('a second run, a run on a connected bucket and a dry run write nothing', async (t) => {
  const { place, asked, requests } = await start(t);
  t.is((await connectBucket(place, { dryRun: true })).status, 'would_connect');
  t.deepEqual(asked(), ['GET']);
  t.false((await readNotifications(place)).eventBridge);
  await connectBucket(place);
  requests.length = 0;
  t.is((await connectBucket(place)).status, 'already');
  t.is((await connectBucket(place, { dryRun: true })).status, 'already');
  t.deepEqual(asked(), ['GET', 'GET']);
});

test('elements unknown to the SDK and to this program are preserved byte for byte', async (t) => {
  const { place, front, requests } = await start(t);
  const pigeon = '<PigeonConfiguration><Id>p</Id><Loft>Basel</Loft></PigeonConfiguration>';
  const field =
    '<QueueConfiguration><Id>x</Id><Queue>arn:aws:sqs:us-east-1:1:x</Queue><Event>s3:ObjectCreated:*</Event><Urgency>high</Urgency></QueueConfiguration>';
  const document = `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${field}${pigeon}</NotificationConfiguration>`;
  let isWritten = false;
  front.serve = (each, serve) => {
    if (isWritten || !each.query.has('notification')) return serve(each);
    isWritten = true;
    const headers = { ...each.headers, 'x-amz-skip-destination-validation': 'true' };
    return serve({ ...each, method: 'PUT', headers, body: Buffer.from(document) }).then(() => serve(each));
  };
  t.is((await connectBucket(place)).status, 'connected');
  const after = (await readNotifications(place)).document;
  t.true(after.includes(field) && after.includes(pigeon), after);
  const sent = requests.find(({ method }) => method === 'PUT')?.body.toString() ?? '';
  t.true(
    sent.endsWith(
      document.replace(
        '</NotificationConfiguration>',
        '<EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>',
      ),
    ),
    sent,
  );
});

test('a change between the first read and the write is detected before anything is written', async (t) => {
  const { client, place, front, asked } = await start(t);
  let looks = 0;
  front.serve = async (each, serve) => {
    if (each.query.has('notification') && each.method === 'GET' && ++looks === 2) {
      front.serve = (other, next) => next(other);
      await serve(await putRequest(t, each));
    }
    return serve(each);
  };
  const error = await t.throwsAsync(connectBucket(place), { code: 'ERR_CONFLICT' });
  t.regex(error?.message ?? '', /notifications of mail, so nothing was written: run this again/);
  t.deepEqual(asked(), ['GET', 'GET']);
  t.is((await read(client)).QueueConfigurations, undefined, 'what the other wrote stands');
  t.is((await connectBucket(place)).status, 'connected');
});

test('if another process turns it on meanwhile, nothing is left to do', async (t) => {
  const { place, front, asked } = await start(t);
  let looks = 0;
  front.serve = async (each, serve) => {
    if (++looks === 2) {
      const body = Buffer.from('<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>');
      await serve({ ...each, method: 'PUT', body });
    }
    return serve(each);
  };
  t.deepEqual(await connectBucket(place), { status: 'already', destinations: [] });
  t.deepEqual(asked(), ['GET', 'GET']);
});

test('a change after the write is detected and reported in full', async (t) => {
  const { place, front } = await start(t);
  front.serve = async (each, serve) => {
    const answer = await serve(each);
    if (each.method === 'PUT') {
      front.serve = (other, next) => next(other);
      await serve(await putRequest(t, each));
    }
    return answer;
  };
  const error = await t.throwsAsync(connectBucket(place), { code: 'ERR_CONFLICT' });
  const text = error?.message ?? '';
  t.regex(text, /are not what was written: another process changed them/);
  t.regex(text, /EventBridge is off: run it again/);
  t.regex(text, /was there before: <QueueConfiguration>.*mail &amp; more/);
  t.regex(text, /is there now: <TopicConfiguration>.*:other<\/Topic>/);
});

test('a notification that the write lost is reported', async (t) => {
  const { place, front } = await start(t);
  front.serve = (each, serve) => {
    if (each.method !== 'PUT') return serve(each);
    const body = each.body.toString().replace(/<QueueConfiguration>.*<\/QueueConfiguration>/s, '');
    return serve({ ...each, body: Buffer.from(body) });
  };
  const { message = '' } = (await t.throwsAsync(connectBucket(place), { code: 'ERR_CONFLICT' })) ?? {};
  t.regex(message, /was there before: <QueueConfiguration>/);
  t.false(message.includes('is there now') || message.includes('EventBridge is off'));
});

/** A request by which another process replaces everything with one topic. */
async function putRequest(t: ExecutionContext, like: S3Request): Promise<S3Request> {
  t.true(like.query.has('notification'));
  const body = Buffer.from(
    '<NotificationConfiguration><TopicConfiguration><Id>o</Id><Topic>arn:aws:sns:us-east-1:1:other</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>',
  );
  return { ...like, method: 'PUT', headers: { ...like.headers, 'x-amz-skip-destination-validation': 'true' }, body };
}

for (const [method, permission] of [
  ['GET', 's3:GetBucketNotification'],
  ['PUT', 's3:PutBucketNotification'],
] as const) {
  test(`a missing ${permission} is named, with what the owner can do`, async (t) => {
    const { place, front } = await start(t);
    front.serve = async (each, serve) =>
      each.method === method ? failure(403, 'AccessDenied', 'Access Denied') : serve(each);
    const { message = '' } = (await t.throwsAsync(connectBucket(place), { code: 'ERR_CONFIG' })) ?? {};
    t.true(message.startsWith(`The bucket mail was refused: the role needs ${permission}`), message);
    t.regex(
      message,
      /credentials of the account that owns the bucket.*on arn:aws:s3:::mail.*Amazon EventBridge, On\.$/,
    );
  });
}

test('a bucket with another owner than specified is not changed', async (t) => {
  const { place, asked } = await start(t);
  const error = await t.throwsAsync(connectBucket({ ...place, owner: '111122223333' }), { code: 'ERR_CONFIG' });
  t.regex(error?.message ?? '', /The bucket mail of account 111122223333 was refused/);
  t.deepEqual(asked(), ['GET']);
  t.is((await connectBucket({ ...place, owner: '000000000000' })).status, 'connected');
});

test('a missing bucket or one in another region is reported, and an unknown format is not changed', async (t) => {
  const { client, place, front, asked, requests } = await start(t);
  await t.throwsAsync(connectBucket({ client, bucket: 'gone' }), { message: /The bucket gone does not exist/ });
  front.serve = async () => failure(301, 'PermanentRedirect', 'There.');
  await t.throwsAsync(connectBucket(place), { message: /mail is in another region: set AWS_REGION/ });
  requests.length = 0;
  front.serve = async (each, serve) => {
    const { body, ...answer } = await serve(each);
    const changed = Buffer.from(body.toString().replace('<QueueConfiguration>', '<!-- x --><QueueConfiguration>'));
    return { ...answer, headers: { ...answer.headers, 'content-length': String(changed.length) }, body: changed };
  };
  await t.throwsAsync(connectBucket(place), { code: 'ERR_CONFIG', message: /in an unknown format.*in the S3 console/ });
  t.deepEqual(asked(), ['GET']);
});

test('a failed attempt is repeated with the whole document', async (t) => {
  const { client, endpoint, place, front, asked } = await start(t);
  const before = await read(client);
  let number = 0;
  front.serve = async (each, serve) =>
    number++ % 2 === 0 ? failure(503, 'SlowDown', 'Please reduce your request rate.') : serve(each);
  const patient = s3ClientOf(t, Number(new URL(endpoint).port), { maxAttempts: 3 });
  t.is((await connectBucket({ ...place, client: patient })).status, 'connected');
  t.deepEqual(asked(), ['GET', 'GET', 'GET', 'GET', 'GET', 'PUT', 'PUT', 'GET', 'GET']);
  t.deepEqual(await read(client), { ...before, EventBridgeConfiguration: {} });
});
