import test from 'ava';
import { Storage } from '../storage/storage.ts';
import { checkPolicies } from '../testing/check-policies.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { decideOnRequest } from '../testing/decide-on-request.ts';
import { recordOptions } from '../testing/record-options.ts';
import { type RecordedProgram, recordProgram } from '../testing/record-program.ts';
import { Arrivals } from './arrivals.ts';
import { WorkQueues } from './work-queues.ts';

const mine = { name: 'mine' };
const alsoMine = { name: 'also-mine', account: '111122223333', prefix: 'mail/' };
const theirs = { name: 'theirs', account: '444455556666', prefix: 'in/' };
const others = { name: 'others', account: '777788889999' };
const all = [mine, alsoMine, theirs, others];

const options = recordOptions();
const record = (existingBuckets: readonly unknown[] = [], stack = 'prod') =>
  recordProgram(async () => {
    const context = contextFor(stack, { existingBuckets });
    const storage = new Storage(context);
    const queues = new WorkQueues(context, { stateKeyArn: storage.stateKeyArn });
    return new Arrivals(context, { storage, queues }, options.opts);
  });

const place = 'eu-central-1:111122223333';
const liveArn = `arn:aws:sqs:${place}:rearview-prod-live`;
const deadLetterArn = `${liveArn}-dead-letters`;
const corpus = 'rearview-prod-corpus-111122223333-eu-central-1';

/** Pulumi's name of the rule for a bucket. */
function ruleOf(program: RecordedProgram<unknown>, bucket: string) {
  const found = program.ofType('EventRule').filter(({ inputs }) => {
    const { detail } = JSON.parse(String(inputs['eventPattern']));
    return detail.bucket.name[0] === bucket;
  });
  const [rule] = found;
  if (rule === undefined || found.length > 1) throw new Error(`There are ${found.length} rules for ${bucket}.`);
  return rule;
}

test.serial('every policy is well-formed', async (t) => {
  const program = await record(all);
  // Four buckets, two keys, seven queues, one bus.
  t.is(await checkPolicies(program), 14);
});

test.serial(
  'S3 notifies the live queue of arrivals and restored objects in the corpus, once it is permitted',
  async (t) => {
    const program = await record();
    t.deepEqual(program.named('corpus-arrivals').inputs, {
      bucket: corpus,
      queues: [{ queueArn: liveArn, events: ['s3:ObjectCreated:*', 's3:ObjectRestore:Completed'] }],
    });
    t.deepEqual(options.dependenciesOf('BucketNotification', 'corpus-arrivals'), ['live-policy']);
  },
);

test.serial('the notifications of an existing bucket are never changed', async (t) => {
  const program = await record(all);
  t.deepEqual(
    program.ofType('BucketNotification').map(({ inputs }) => inputs['bucket']),
    [corpus],
  );
});

test.serial("the live queue accepts messages only from the corpus bucket and the stack's rules", async (t) => {
  const program = await record(all);
  const send = (principal: string, source: string, account = '111122223333') =>
    decideOnRequest(program.named('live-policy').inputs['policy'], {
      ...{ principal, action: 'sqs:SendMessage', resource: liveArn },
      context: { 'aws:SourceArn': source, 'aws:SourceAccount': account },
    });
  t.is(await send('s3.amazonaws.com', `arn:aws:s3:::${corpus}`), 'Allowed');
  t.is(await send('s3.amazonaws.com', 'arn:aws:s3:::mine'), 'ImplicitlyDenied');
  t.is(await send('s3.amazonaws.com', `arn:aws:s3:::${corpus}`, '444455556666'), 'ImplicitlyDenied');
  for (const { name } of all) {
    const rule = ruleOf(program, name).inputs;
    const bus = rule['eventBusName'] === undefined ? '' : `${rule['eventBusName']}/`;
    const ruleArn = `arn:aws:events:${place}:rule/${bus}${rule['name']}`;
    t.is(await send('events.amazonaws.com', ruleArn), 'Allowed', name);
    t.is(await send('sns.amazonaws.com', ruleArn), 'ImplicitlyDenied');
    const letter = { principal: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: deadLetterArn };
    const letters = program.named('live-dead-letters-policy').inputs['policy'];
    t.is(await decideOnRequest(letters, { ...letter, context: { 'aws:SourceArn': ruleArn } }), 'Allowed');
  }
  t.is(await send('events.amazonaws.com', `arn:aws:events:${place}:rule/any`), 'ImplicitlyDenied');
});

test.serial('only rules send to the dead letters, and both queues require TLS', async (t) => {
  const program = await record(all);
  for (const [part, resource] of [
    ['live', liveArn],
    ['live-dead-letters', deadLetterArn],
  ] as const) {
    const { policy, queueUrl } = program.named(`${part}-policy`).inputs;
    t.is(queueUrl, `https://sqs.eu-central-1.amazonaws.com/111122223333/rearview-prod-${part}`);
    const receive = (secure: string) =>
      decideOnRequest(policy, {
        ...{ action: 'sqs:ReceiveMessage', resource },
        context: { 'aws:SecureTransport': secure },
      });
    t.is(await receive('false'), 'ExplicitlyDenied');
    t.is(await receive('true'), 'Allowed');
  }
  const fromS3 = { 'aws:SourceArn': `arn:aws:s3:::${corpus}`, 'aws:SourceAccount': '111122223333' };
  const letters = program.named('live-dead-letters-policy').inputs['policy'];
  const letter = { principal: 's3.amazonaws.com', action: 'sqs:SendMessage', resource: deadLetterArn };
  t.is(await decideOnRequest(letters, { ...letter, context: fromS3 }), 'ImplicitlyDenied');
});

test.serial('without existing buckets, EventBridge is not used', async (t) => {
  const program = await record();
  for (const type of ['EventRule', 'EventTarget', 'EventBus', 'EventBusPolicy']) t.is(program.ofType(type).length, 0);
  for (const part of ['live', 'live-dead-letters']) {
    t.notRegex(String(program.named(`${part}-policy`).inputs['policy']), /events\.amazonaws/);
  }
});

test.serial(
  'each existing bucket has a rule: for this account on the default bus, for others on the bus of the stack',
  async (t) => {
    const program = await record(all);
    t.is(program.ofType('EventRule').length, 4);
    for (const bucket of all) {
      const { name, inputs } = ruleOf(program, bucket.name);
      const { account = '111122223333', prefix = '' } = { ...bucket } as { account?: string; prefix?: string };
      t.regex(String(inputs['name']), /^rearview-prod-arrivals-[0-9a-f]{10}$/);
      const pattern = JSON.parse(String(inputs['eventPattern']));
      t.deepEqual(pattern, {
        source: ['aws.s3'],
        account: [account],
        'detail-type': ['Object Created', 'Object Restore Completed'],
        detail: {
          bucket: { name: [bucket.name] },
          ...(prefix === '' ? {} : { object: { key: [{ prefix }] } }),
        },
      });
      const bus = account === '111122223333' ? undefined : 'rearview-prod-arrivals';
      t.is(inputs['eventBusName'], bus);
      const target = program.named(`${name}-target`).inputs;
      t.is(target['eventBusName'], bus);
      t.like(target, {
        rule: inputs['name'],
        arn: liveArn,
        deadLetterConfig: { arn: deadLetterArn },
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      });
      t.deepEqual(options.dependenciesOf('EventTarget', `${name}-target`), ['live-policy', 'live-dead-letters-policy']);
    }
  },
);

test.serial("a rule keeps its name whatever the bucket's position in the configuration", async (t) => {
  const named = async (buckets: readonly unknown[]) => ruleOf(await record(buckets), 'mine').inputs['name'];
  t.is(await named([mine, theirs]), await named([theirs, others, mine]));
});

test.serial('the bus accepts events only from the accounts that own existing buckets', async (t) => {
  const program = await record([...all, { name: 'more', account: '444455556666' }]);
  t.is(program.ofType('EventBus').length, 1);
  t.is(program.named('arrivals', 'EventBus').inputs['name'], 'rearview-prod-arrivals');
  const { policy } = program.named('arrivals-bus-policy').inputs;
  const request = { action: 'events:PutEvents', resource: `arn:aws:events:${place}:event-bus/rearview-prod-arrivals` };
  const put = (account: string) =>
    JSON.parse(String(policy)).Statement[0].Principal.AWS.includes(`arn:aws:iam::${account}:root`);
  t.true(put('444455556666'));
  t.true(put('777788889999'));
  t.is(JSON.parse(String(policy)).Statement[0].Principal.AWS.length, 2);
  t.is(await decideOnRequest(policy, { ...request, principal: 'events.amazonaws.com' }), 'ImplicitlyDenied');
  t.deepEqual(JSON.parse(String(policy)).Statement[0].Action, 'events:PutEvents');
  const own = await record([mine, alsoMine]);
  t.is(own.ofType('EventBus').length, 0);
});
