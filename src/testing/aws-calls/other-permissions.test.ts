import test from 'ava';
import {
  dynamoPermissions,
  kmsPermissions,
  lambdaPermissions,
  snsPermissions,
  sqsPermissions,
} from './other-permissions.ts';
import type { Permission } from './permission.ts';

const dynamo = (operation: string, input: unknown) =>
  dynamoPermissions({
    ...{ path: '/', headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` }, body: JSON.stringify(input) },
  });
const sqs = (operation: string) =>
  sqsPermissions({
    ...{ path: '/', headers: { 'x-amz-target': `AmazonSQS.${operation}` } },
    body: JSON.stringify({ QueueUrl: 'http://127.0.0.1:1/000000000000/live' }),
  });
const brief = (all: readonly Permission[]) =>
  all.map(({ action, on, keys = [] }) => {
    const place = on.type === 'table' ? [on.table, on.index ?? ''].join(' ').trim() : on.type;
    return [action, place, ...keys].join(' ');
  });

test('a transaction needs the permission of each of its parts, and names them', (t) => {
  const found = dynamo('TransactWriteItems', {
    TransactItems: [
      { Put: { TableName: 'a', Item: { pk: { S: 'scan#1' } } } },
      { Update: { TableName: 'a', Key: { pk: { S: 'scan#2' } } } },
      { Delete: { TableName: 'b', Key: { pk: { S: 'scan#3' } } } },
      { ConditionCheck: { TableName: 'b', Key: { pk: { S: 'scan#4' } } } },
    ],
  });
  t.deepEqual(brief(found), [
    'dynamodb:PutItem a kms:Decrypt',
    'dynamodb:UpdateItem a kms:Decrypt',
    'dynamodb:DeleteItem b kms:Decrypt',
    'dynamodb:ConditionCheckItem b kms:Decrypt',
  ]);
  t.is(found[0]?.context?.['dynamodb:EnclosingOperation'], 'TransactWriteItems');
  t.deepEqual(
    found.map(({ context }) => context?.['dynamodb:LeadingKeys']),
    [['scan#1'], ['scan#2'], ['scan#3'], ['scan#4']],
  );
});

test('a write names its partition', (t) => {
  const pk = { S: 'pointer#a' };
  for (const [operation, input] of [
    ['PutItem', { Item: { pk } }],
    ['UpdateItem', { Key: { pk } }],
    ['DeleteItem', { Key: { pk } }],
  ] as const) {
    const [found] = dynamo(operation, { TableName: 'a', ...input });
    t.deepEqual(found?.context, { 'dynamodb:LeadingKeys': ['pointer#a'] });
  }
  t.deepEqual(dynamo('Query', { TableName: 'a' })[0]?.context, {});
});

test('each insert of a batch needs its own permission, and names its partition', (t) => {
  const insert = (table: string, pk: string) => ({
    Statement: `INSERT INTO "${table}" VALUE {'sk': ?, 'pk': ?}`,
    Parameters: [{ S: 'record' }, { S: pk }],
  });
  const found = dynamo('BatchExecuteStatement', { Statements: [insert('a', 'record#1'), insert('b', 'batches#1')] });
  t.deepEqual(brief(found), ['dynamodb:PartiQLInsert a kms:Decrypt', 'dynamodb:PartiQLInsert b kms:Decrypt']);
  t.deepEqual(
    found.map(({ context }) => context?.['dynamodb:LeadingKeys']),
    [['record#1'], ['batches#1']],
  );
  const update = { Statement: 'UPDATE "a" SET b=? WHERE pk=?', Parameters: [] };
  t.throws(() => dynamo('BatchExecuteStatement', { Statements: [update] }), { message: /Unknown statement UPDATE/ });
});

test('signing uses the key itself, and names the algorithm', (t) => {
  const input = { KeyId: 'arn', MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256', Message: 'AAAA' };
  const sign = (operation: string) =>
    kmsPermissions({
      ...{ path: '/', headers: { 'x-amz-target': `TrentService.${operation}` }, body: JSON.stringify(input) },
    });
  t.deepEqual(sign('Sign'), [
    {
      ...{ action: 'kms:Sign', on: { type: 'key', key: 'arn' } },
      context: { 'kms:MessageType': 'DIGEST', 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
    },
  ]);
  t.throws(() => sign('Encrypt'), { message: /Encrypt/ });
});

test('an index is a separate resource', (t) => {
  t.deepEqual(brief(dynamo('Query', { TableName: 'a' })), ['dynamodb:Query a kms:Decrypt']);
  t.deepEqual(brief(dynamo('Query', { TableName: 'a', IndexName: 'i' })), ['dynamodb:Query a i kms:Decrypt']);
});

test('a batch needs a permission on each of its tables', (t) => {
  const RequestItems = { a: { Keys: [] }, b: { Keys: [] } };
  t.deepEqual(brief(dynamo('BatchGetItem', { RequestItems })), [
    'dynamodb:BatchGetItem a kms:Decrypt',
    'dynamodb:BatchGetItem b kms:Decrypt',
  ]);
  t.throws(() => dynamo('ExecuteStatement', {}), { message: /Unknown operation ExecuteStatement/ });
});

test('several messages in one request need what one does; sending and receiving use the key of the queue', (t) => {
  t.deepEqual(brief(sqs('SendMessageBatch')), ['sqs:SendMessage queue kms:GenerateDataKey kms:Decrypt']);
  t.deepEqual(brief(sqs('ReceiveMessage')), ['sqs:ReceiveMessage queue kms:Decrypt']);
  t.deepEqual(brief(sqs('DeleteMessageBatch')), ['sqs:DeleteMessage queue']);
  t.deepEqual(brief(sqs('ChangeMessageVisibilityBatch')), ['sqs:ChangeMessageVisibility queue']);
});

test('a topic is named by its ARN, a function by its name', (t) => {
  const body = 'Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3Aalerts&Message=x';
  t.like(snsPermissions({ path: '/', headers: {}, body })[0], {
    action: 'sns:Publish',
    on: { type: 'topic', topic: 'alerts' },
    keys: ['kms:GenerateDataKey', 'kms:Decrypt'],
  });
  const path = '/2015-03-31/functions/batcher%3Alive/invocations';
  t.deepEqual(lambdaPermissions({ path, headers: {}, body: '' }), [
    { action: 'lambda:InvokeFunction', on: { type: 'function', function: 'batcher:live' } },
  ]);
  t.throws(() => lambdaPermissions({ path: '/2015-03-31/functions', headers: {}, body: '' }));
});
