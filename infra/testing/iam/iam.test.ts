import test from 'ava';
import { type AwsCall, callsFor } from '../../../src/testing/aws-calls/calls-of.ts';
import { queuePermission } from '../../../src/testing/aws-calls/other-permissions.ts';
import { testCounterparts as stack, testKeys } from '../../../src/testing/aws-calls/test-counterparts.ts';
import { decide, evaluateCall } from './evaluate-call.ts';
import { type Policy, type PolicyStatement, parsePolicy } from './policies.ts';
import { policiesOf } from './policies-of.ts';
import { distinctCalls, unexercisedGrants } from './unexercised-grants.ts';

const corpus = 'arn:aws:s3:::rearview-prod-corpus';
const object = { type: 'object', bucket: 'corpus', key: 'mail/a' } as const;
const role = 'arn:aws:iam::111122223333:role/rearview-prod-live-analyzer';
const policyOf = (...Statement: readonly Partial<PolicyStatement>[]): Policy =>
  parsePolicy({ Version: '2012-10-17', Statement: Statement.map((each) => ({ Effect: 'Allow', ...each })) });
const callOf = (action: string, context = {}): AwsCall => {
  const [call] = callsFor('live-analyzer', { action, on: object, context }, stack);
  if (call === undefined) throw new Error('a permission without a call');
  return call;
};
const reading = policyOf({ Action: ['s3:GetObject'], Resource: [`${corpus}/*`] });

test('a call is allowed if its role may make it, only on that resource', async (t) => {
  t.is(await decide(callOf('s3:GetObject'), [reading]), 'Allowed');
  t.is(await decide(callOf('s3:GetObjectVersion'), [reading]), 'ImplicitlyDenied');
  const other = policyOf({ Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::other/*'] });
  t.is(await decide(callOf('s3:GetObject'), [other]), 'ImplicitlyDenied');
});

test('the policy of a bucket denies what the role may do', async (t) => {
  const notInTheClear = policyOf({
    ...{ Effect: 'Deny', Principal: '*', Action: ['s3:*'], Resource: [corpus, `${corpus}/*`] },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  const policies = { identity: new Map([[role, [reading]]]), resource: new Map([[corpus, notInTheClear]]) };
  t.is(await evaluateCall(callOf('s3:GetObject'), policies), 'Allowed');
  t.is(await evaluateCall(callOf('s3:GetObject', { 'aws:SecureTransport': 'false' }), policies), 'ExplicitlyDenied');
});

test('a write-once bucket refuses a PUT without a condition, and allows parts without one', async (t) => {
  const writing = policyOf({ Action: ['s3:PutObject'], Resource: [`${corpus}/*`] });
  const once = policyOf({
    ...{ Effect: 'Deny', Principal: '*', Action: ['s3:PutObject'], Resource: [`${corpus}/*`] },
    Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  });
  const put = (context: Record<string, string>) => decide(callOf('s3:PutObject', context), [writing], once);
  t.is(await put({ 's3:ObjectCreationOperation': 'true' }), 'ExplicitlyDenied');
  t.is(await put({ 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' }), 'Allowed');
  t.is(await put({ 's3:ObjectCreationOperation': 'false' }), 'Allowed');
});

test('a key is used only by the service and for the resource in the policy', async (t) => {
  const root = { AWS: 'arn:aws:iam::111122223333:root' };
  const key = policyOf({ Principal: root, Action: ['kms:*'], Resource: ['*'] });
  const calls = callsFor('live-analyzer', queuePermission('ReceiveMessage', 'live'), stack);
  const [, use] = calls;
  if (use === undefined) throw new Error('no call for the key');
  const given = (name: string, value: string) =>
    policyOf({ Action: ['kms:Decrypt'], Resource: [testKeys.state], Condition: { StringEquals: { [name]: value } } });
  const queue = 'arn:aws:sqs:eu-central-1:111122223333:rearview-prod-live';
  t.is(await decide(use, [given('kms:ViaService', 'sqs.eu-central-1.amazonaws.com')], key), 'Allowed');
  t.is(await decide(use, [given('kms:ViaService', 's3.eu-central-1.amazonaws.com')], key), 'ImplicitlyDenied');
  t.is(await decide(use, [given('kms:EncryptionContext:aws:sqs:arn', queue)], key), 'Allowed');
  t.is(await decide(use, [given('kms:EncryptionContext:aws:sqs:arn', `${queue}2`)], key), 'ImplicitlyDenied');
  t.is(
    await decide(use, [given('kms:ViaService', 'sqs.eu-central-1.amazonaws.com')]),
    'ImplicitlyDenied',
    'the key has to let IAM decide',
  );
});

test('unused permissions are reported, action by action and resource by resource', async (t) => {
  const policy = policyOf(
    { Sid: 'Read', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: [`${corpus}/*`, 'arn:aws:s3:::other/*'] },
    { Sid: 'Any', Action: ['s3:Get*'], Resource: ['*'] },
    {
      Sid: 'Kept',
      Action: ['s3:PutObject'],
      Resource: ['*'],
      Condition: { StringEquals: { 's3:if-none-match': '*' } },
    },
    { Sid: 'No', Effect: 'Deny', Action: ['s3:DeleteObject'], Resource: ['*'] },
  );
  const calls = [callOf('s3:GetObject'), callOf('s3:PutObject')];
  t.deepEqual(await unexercisedGrants([policy], calls), [
    { sid: 'Read', action: 's3:GetObject', resource: 'arn:aws:s3:::other/*' },
    { sid: 'Read', action: 's3:GetObjectVersion', resource: `${corpus}/*` },
    { sid: 'Read', action: 's3:GetObjectVersion', resource: 'arn:aws:s3:::other/*' },
    { sid: 'Any', action: 's3:Get*', resource: '*' },
    { sid: 'Kept', action: 's3:PutObject', resource: '*' },
  ]);
  t.deepEqual(
    await unexercisedGrants([policy], [...calls, callOf('s3:PutObject', { 's3:if-none-match': '*' })]).then(
      (all) => all.length,
    ),
    4,
  );
});

test('calls that differ only in the name of a file are decided once', (t) => {
  const at = (key: string) => callsFor('live-analyzer', { action: 's3:GetObject', on: { ...object, key } }, stack);
  t.is(distinctCalls([...at('a/1'), ...at('a/2'), ...at('b/1'), ...at('1'), ...at('2')]).length, 3);
});

test('the policies of a program are those of its roles, including attached ones, and of the resources they use', (t) => {
  const text = JSON.stringify(reading);
  const resources = [
    { type: 'aws:iam/role:Role', name: 'a', inputs: { name: 'rearview-prod-live-analyzer' } },
    { type: 'aws:iam/rolePolicy:RolePolicy', name: 'b', inputs: { role: 'rearview-prod-live-analyzer', policy: text } },
    { type: 'aws:iam/policy:Policy', name: 'c', inputs: { name: 'shared', policy: text } },
    {
      ...{ type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment', name: 'd' },
      inputs: { role: 'rearview-prod-live-analyzer', policyArn: 'arn:aws:iam::111122223333:policy/shared' },
    },
    { type: 'aws:s3/bucketPolicy:BucketPolicy', name: 'e', inputs: { bucket: 'rearview-prod-corpus', policy: text } },
    {
      ...{ type: 'aws:sqs/queuePolicy:QueuePolicy', name: 'f' },
      inputs: { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/q', policy: text },
    },
    {
      type: 'aws:sns/topicPolicy:TopicPolicy',
      name: 'g',
      inputs: { arn: 'arn:aws:sns:eu-central-1:1:t', policy: text },
    },
    { type: 'aws:kms/key:Key', name: 'state', inputs: { policy: text } },
  ];
  const program = (all: typeof resources) => ({
    ofType: (type: string) => all.filter((each) => each.type.endsWith(`:${type}`)),
  });
  const { identity, resource } = policiesOf(program(resources));
  t.deepEqual(
    [...identity].map(([arn, all]) => [arn, all.length]),
    [[role, 2]],
  );
  t.deepEqual(
    [...resource.keys()],
    [
      corpus,
      'arn:aws:sqs:eu-central-1:111122223333:q',
      'arn:aws:sns:eu-central-1:1:t',
      'arn:aws:kms:eu-central-1:111122223333:key/state',
    ],
  );
  const foreign = { role: 'x', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
  const attached = { type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment', name: 'z', inputs: foreign };
  t.throws(() => policiesOf(program([{ ...resources[0], ...attached } as (typeof resources)[0]])), {
    message: /AdministratorAccess, which the program did not create/,
  });
});
