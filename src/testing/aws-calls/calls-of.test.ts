import test from 'ava';
import { callsFor, callsOf } from './calls-of.ts';
import { queuePermission } from './other-permissions.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { callsOfLambda } from './service-permissions.ts';
import { testCounterparts as stack, testKeys } from './test-counterparts.ts';

const get: RecordedRequest = {
  ...{ caller: 'live-analyzer', service: 'S3', method: 'GET', path: '/corpus/a/b', query: new URLSearchParams() },
  ...{ headers: {}, body: '', status: 200 },
};
const role = 'arn:aws:iam::111122223333:role/rearview-prod-live-analyzer';

test('a call has the resource of the stack and the role of the caller', (t) => {
  const [call] = callsOf(get, stack);
  t.like(call, { caller: 'live-analyzer', role, action: 's3:GetObject' });
  t.is(call?.resource, 'arn:aws:s3:::rearview-prod-corpus/a/b');
  t.like(call?.context, { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': role });
});

test('the use of a key by a service is a call, too, only by that service and for that resource', (t) => {
  const [, inBucket] = callsOf(get, stack);
  t.like(inBucket, { role, action: 'kms:Decrypt', resource: testKeys.corpus });
  t.like(inBucket?.context, {
    'kms:ViaService': 's3.eu-central-1.amazonaws.com',
    'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::rearview-prod-corpus',
  });
  const [, withoutBucketKey] = callsOf({ ...get, path: '/plain/a' }, stack);
  t.is(withoutBucketKey?.context['kms:EncryptionContext:aws:s3:arn'], 'arn:aws:s3:::plain/a');
  const sent = callsFor('retro-analyzer', queuePermission('SendMessage', 'retro'), stack);
  t.deepEqual(
    sent.map(({ action }) => action),
    ['sqs:SendMessage', 'kms:GenerateDataKey', 'kms:Decrypt'],
  );
  t.like(sent[1]?.context, {
    'kms:ViaService': 'sqs.eu-central-1.amazonaws.com',
    'kms:EncryptionContext:aws:sqs:arn': 'arn:aws:sqs:eu-central-1:111122223333:rearview-prod-retro',
  });
});

test('an unknown resource is an error', (t) => {
  t.throws(() => callsOf({ ...get, path: '/elsewhere/a' }, stack), { message: /nothing for elsewhere/ });
  t.throws(() => callsOf({ ...get, caller: 'test' }, stack), { message: /The role of test is not known/ });
});

test('Lambda polls, reports failures and writes logs in the name of the function', (t) => {
  const lines = callsOfLambda(stack).map(({ caller, action, resource }) =>
    [caller, action, resource.replace(/^.*:111122223333:/, '')].join(' '),
  );
  t.deepEqual(lines, [
    'live-analyzer sqs:ReceiveMessage rearview-prod-live',
    'live-analyzer kms:Decrypt key/state',
    'live-analyzer sqs:DeleteMessage rearview-prod-live',
    'live-analyzer sqs:GetQueueAttributes rearview-prod-live',
    'retro-analyzer sqs:ReceiveMessage rearview-prod-retro',
    'retro-analyzer kms:Decrypt key/state',
    'retro-analyzer sqs:DeleteMessage rearview-prod-retro',
    'retro-analyzer sqs:GetQueueAttributes rearview-prod-retro',
    'retro-analyzer sqs:ReceiveMessage rearview-prod-preview',
    'retro-analyzer kms:Decrypt key/state',
    'retro-analyzer sqs:DeleteMessage rearview-prod-preview',
    'retro-analyzer sqs:GetQueueAttributes rearview-prod-preview',
    ...['batcher', 'scan-finisher'].flatMap((caller) => [
      `${caller} sqs:SendMessage rearview-prod-failures`,
      `${caller} kms:GenerateDataKey key/state`,
      `${caller} kms:Decrypt key/state`,
    ]),
    'batcher logs:CreateLogStream log-group:/aws/lambda/rearview-prod-batcher:log-stream:any',
    'batcher logs:PutLogEvents log-group:/aws/lambda/rearview-prod-batcher:log-stream:any',
  ]);
});
