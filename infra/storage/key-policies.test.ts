import test from 'ava';
import { contextFor } from '../testing/context-for-tests.ts';
import { decideOnRequest } from '../testing/decide-on-request.ts';
import { recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const account = '111122223333';
const own = { 'aws:SourceAccount': account };
const place = `eu-central-1:${account}`;
const corpus = `arn:aws:s3:::rearview-prod-corpus-${account}-eu-central-1`;

async function keyPolicies(config: Record<string, unknown> = { separateKeys: true }) {
  const program = await recordProgram(async () => new Storage(contextFor('prod', config)));
  return (part: 'corpus' | 'state' | 'data', principal: string, action: string, context: Record<string, string> = {}) =>
    decideOnRequest(program.named(`${part}-key`, 'Key').inputs['policy'], {
      ...{ principal, action, context },
      resource: `arn:aws:kms:${place}:key/${part}-key`,
    });
}

test.serial("the account's own policies decide who uses the keys", async (t) => {
  const decide = await keyPolicies();
  for (const part of ['corpus', 'state'] as const) {
    t.is(await decide(part, `arn:aws:iam::${account}:role/any`, 'kms:Decrypt'), 'Allowed');
    t.is(await decide(part, 'arn:aws:iam::444455556666:role/any', 'kms:Decrypt'), 'ImplicitlyDenied');
  }
});

test.serial(
  'S3 encrypts inventories of the corpus with its key, reads nothing with it, and only if there are inventories',
  async (t) => {
    const decide = await keyPolicies();
    const s3 = 's3.amazonaws.com';
    const source = { ...own, 'aws:SourceArn': corpus };
    t.is(await decide('corpus', s3, 'kms:GenerateDataKey', source), 'Allowed');
    t.is(await decide('corpus', s3, 'kms:Decrypt', source), 'ImplicitlyDenied');
    t.is(
      await decide('corpus', s3, 'kms:GenerateDataKey', { ...own, 'aws:SourceArn': 'arn:aws:s3:::b' }),
      'ImplicitlyDenied',
    );
    const other = { ...source, 'aws:SourceAccount': '444455556666' };
    t.is(await decide('corpus', s3, 'kms:GenerateDataKey', other), 'ImplicitlyDenied');
    const off = await keyPolicies({ separateKeys: true, corpus: { inventory: 'off' } });
    t.is(await off('corpus', s3, 'kms:GenerateDataKey', source), 'ImplicitlyDenied');
  },
);

test.serial('services send to queues and topics of this stack only', async (t) => {
  const decide = await keyPolicies();
  const queue = { 'kms:EncryptionContext:aws:sqs:arn': `arn:aws:sqs:${place}:rearview-prod-live` };
  const ofTest = { 'kms:EncryptionContext:aws:sqs:arn': `arn:aws:sqs:${place}:rearview-test-live` };
  const from = (arn: string) => ({ ...own, 'aws:SourceArn': arn });
  const cases = [
    ['s3', from(corpus), from('arn:aws:s3:::other')],
    // EventBridge sends no source to KMS; a condition on one would stop all events.
    ['events', queue, ofTest],
    [
      'sns',
      { ...from(`arn:aws:sns:${place}:rearview-prod-alerts`), ...queue },
      { ...from(`arn:aws:sns:${place}:other`), ...queue },
    ],
    [
      'sns',
      { ...from(`arn:aws:sns:${place}:rearview-prod-alerts`), ...queue },
      from(`arn:aws:sns:${place}:rearview-prod-alerts`),
    ],
    [
      'cloudwatch',
      from(`arn:aws:cloudwatch:${place}:alarm:rearview-prod-errors`),
      from(`arn:aws:cloudwatch:${place}:alarm:rearview-test-errors`),
    ],
    ['budgets', from(`arn:aws:budgets::${account}:budget/b`), from('arn:aws:budgets::444455556666:budget/b')],
  ] as const;
  for (const [service, right, wrong] of cases) {
    const principal = `${service}.amazonaws.com`;
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      t.is(await decide('state', principal, action, right), 'Allowed', principal);
      t.is(await decide('state', principal, action, wrong), 'ImplicitlyDenied', principal);
      t.is(
        await decide('corpus', principal, action === 'kms:Decrypt' ? action : 'kms:Encrypt', right),
        'ImplicitlyDenied',
      );
    }
    t.is(await decide('state', principal, 'kms:Encrypt', right), 'ImplicitlyDenied');
    if ('aws:SourceAccount' in right) {
      const other = { ...right, 'aws:SourceAccount': '444455556666' };
      t.is(await decide('state', principal, 'kms:Decrypt', other), 'ImplicitlyDenied', principal);
    }
  }
});

test.serial("logs of the stack's functions are encrypted, in this region", async (t) => {
  const decide = await keyPolicies();
  const group = (name: string) => ({ 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${place}:log-group:${name}` });
  const ours = group('/aws/lambda/rearview-prod-batcher');
  for (const action of ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptTo', 'kms:ReEncryptFrom']) {
    t.is(await decide('state', 'logs.eu-central-1.amazonaws.com', action, ours), 'Allowed', action);
  }
  const logs = (principal: string, context: Record<string, string>) =>
    decide('state', principal, 'kms:Decrypt', context);
  t.is(await logs('logs.eu-central-1.amazonaws.com', group('/aws/lambda/other')), 'ImplicitlyDenied');
  t.is(await logs('logs.us-east-1.amazonaws.com', ours), 'ImplicitlyDenied');
});

test.serial('one key for everything serves the same services as two, and no other account', async (t) => {
  const decide = await keyPolicies({});
  const source = { ...own, 'aws:SourceArn': corpus };
  t.is(await decide('data', `arn:aws:iam::${account}:role/any`, 'kms:Decrypt'), 'Allowed');
  t.is(await decide('data', 'arn:aws:iam::444455556666:role/any', 'kms:Decrypt'), 'ImplicitlyDenied');
  t.is(await decide('data', 's3.amazonaws.com', 'kms:GenerateDataKey', source), 'Allowed');
  const alarm = { ...own, 'aws:SourceArn': `arn:aws:cloudwatch:${place}:alarm:rearview-prod-errors` };
  t.is(await decide('data', 'cloudwatch.amazonaws.com', 'kms:Decrypt', alarm), 'Allowed');
  const strange = { ...alarm, 'aws:SourceAccount': '444455556666' };
  t.is(await decide('data', 'cloudwatch.amazonaws.com', 'kms:Decrypt', strange), 'ImplicitlyDenied');
});
