import test from 'ava';
import { contextFor } from '../testing/context-for-tests.ts';
import { decideOnRequest } from '../testing/decide-on-request.ts';
import { ownerInstructions } from './owner-instructions.ts';

const kmsKeyArn = 'arn:aws:kms:eu-central-1:444455556666:key/theirs';
const theirs = { name: 'theirs', prefix: 'mail/', account: '444455556666', kmsKeyArn };
const role = (part: string) => `arn:aws:iam::111122223333:role/rearview-prod-${part}`;

function instructions(config: Record<string, unknown> = {}, existingBuckets: readonly unknown[] = [theirs]) {
  const [first] = ownerInstructions(contextFor('prod', { ...config, existingBuckets }));
  if (first === undefined) throw new Error('no instructions');
  return first;
}

/** According to the policies of the roles, which allow everything here, and of the bucket. */
function decide(config: Record<string, unknown>) {
  const { bucketPolicyStatements } = instructions(config);
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: bucketPolicyStatements });
  return (part: string, action: string, key?: string, prefix?: string) =>
    decideOnRequest(policy, {
      principal: role(part),
      account: '444455556666',
      action,
      resource: `arn:aws:s3:::theirs${key === undefined ? '' : `/${key}`}`,
      ...(prefix === undefined ? {} : { context: { 's3:prefix': prefix } }),
    });
}

test('the owner of a bucket in this account need not do anything', (t) => {
  const existingBuckets = [{ name: 'mine' }, { name: 'also-mine', account: '111122223333' }, theirs];
  t.deepEqual(
    ownerInstructions(contextFor('prod', { existingBuckets })).map(({ bucket, account }) => [bucket, account]),
    [['theirs', '444455556666']],
  );
});

test('the owner allows the analyzers to read, and the batcher to list, that part of the bucket', async (t) => {
  const asked = decide({});
  for (const part of ['live-analyzer', 'retro-analyzer']) {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      t.is(await asked(part, action, 'mail/a'), 'Allowed');
      t.is(await asked(part, action, 'web/a'), 'ImplicitlyDenied');
    }
    for (const action of ['s3:ListBucket', 's3:ListBucketVersions']) {
      t.is(await asked(part, action, undefined, 'mail/a'), 'Allowed');
      t.is(await asked(part, action, undefined, ''), 'ImplicitlyDenied');
    }
    for (const action of ['s3:PutObject', 's3:PutObjectTagging', 's3:DeleteObject', 's3:DeleteObjectVersion']) {
      t.is(await asked(part, action, 'mail/a'), 'ImplicitlyDenied', action);
    }
  }
  t.is(await asked('batcher', 's3:ListBucketVersions', undefined, 'mail/x/'), 'Allowed');
  t.is(await asked('batcher', 's3:ListBucketVersions', undefined, 'web/'), 'ImplicitlyDenied');
  t.is(await asked('batcher', 's3:GetObject', 'mail/a'), 'ImplicitlyDenied');
  t.is(await asked('redrive', 's3:GetObject', 'mail/a'), 'ImplicitlyDenied');
});

test('a bucket that belongs to the corpus as a whole is read and listed as a whole', (t) => {
  const { bucketPolicyStatements } = instructions({}, [{ name: 'theirs', account: '444455556666' }]);
  t.true(bucketPolicyStatements.every(({ Condition }) => Condition === undefined));
  t.deepEqual(
    bucketPolicyStatements.map(({ Resource }) => Resource),
    ['arn:aws:s3:::theirs/*', 'arn:aws:s3:::theirs', 'arn:aws:s3:::theirs'],
  );
});

test('tags and quarantine add the permissions they need', async (t) => {
  const tags = [
    's3:GetObjectTagging',
    's3:PutObjectTagging',
    's3:GetObjectVersionTagging',
    's3:PutObjectVersionTagging',
  ];
  const deletes = ['s3:DeleteObject', 's3:DeleteObjectVersion'];
  const answers = async (config: Record<string, unknown>) => {
    const asked = decide(config);
    const all = await Promise.all([...tags, ...deletes].map((action) => asked('live-analyzer', action, 'mail/a')));
    return [all.slice(0, 4).every((each) => each === 'Allowed'), all.slice(4).every((each) => each === 'Allowed')];
  };
  t.deepEqual(await answers({}), [false, false]);
  t.deepEqual(await answers({ tagObjects: true }), [true, false]);
  t.deepEqual(await answers({ quarantine: { severities: ['high'], move: false } }), [true, false]);
  t.deepEqual(await answers({ quarantine: { severities: ['high'] } }), [true, true]);
});

test("the analyzers may decrypt with the bucket's key, if it has one, only through S3", (t) => {
  t.deepEqual(instructions().keyPolicyStatement, {
    Sid: 'RearviewReadsObjects',
    Effect: 'Allow',
    Principal: { AWS: [role('live-analyzer'), role('retro-analyzer')] },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
  });
  t.is(instructions({}, [{ name: 'theirs', account: '444455556666' }]).keyPolicyStatement, null);
});

test("the rule sends exactly what the rule on the stack's bus passes, to that bus", (t) => {
  const targetBusArn = 'arn:aws:events:eu-central-1:111122223333:event-bus/rearview-prod-arrivals';
  t.deepEqual(instructions().eventRule, {
    eventPattern: {
      source: ['aws.s3'],
      account: ['444455556666'],
      'detail-type': ['Object Created', 'Object Restore Completed'],
      detail: { bucket: { name: ['theirs'] }, object: { key: [{ prefix: 'mail/' }] } },
    },
    targetBusArn,
    targetRoleTrust: {
      Sid: 'EventBridgeTakesItOn',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } },
    },
    targetRolePolicy: {
      Sid: 'SendsEventsToRearview',
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: targetBusArn,
    },
  });
});

test('statements have unique names, and can be output unchanged', (t) => {
  const given = instructions({ tagObjects: true, quarantine: { severities: ['high'] } });
  const sids = given.bucketPolicyStatements.map(({ Sid }) => Sid);
  t.is(new Set(sids).size, 5);
  t.deepEqual(JSON.parse(JSON.stringify(given)), given);
});
