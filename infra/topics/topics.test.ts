import * as pulumi from '@pulumi/pulumi';
import test from 'ava';
import * as z from 'zod';
import { contextFor } from '../testing/context-for-tests.ts';
import { type RecordedProgram, recordProgram } from '../testing/record-program.ts';
import { Topics } from './topics.ts';

const stateKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/state';
const mail = { protocol: 'email', endpoint: 'soc@rearview.test' };
const queue = { protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-central-1:111122223333:soc' };
const webhook = { protocol: 'https', endpoint: 'https://soc.rearview.test/alerts' };
const ours = { protocol: 'lambda', endpoint: 'arn:aws:lambda:eu-west-1:111122223333:function:triage:live' };
const theirs = { protocol: 'lambda', endpoint: 'arn:aws:lambda:eu-central-1:999988887777:function:triage' };
const everything = { cleanNotices: true, subscriptions: [mail, queue, webhook, ours, theirs] };

function record(config: Readonly<Record<string, unknown>> = {}, stack = 'prod') {
  return recordProgram(async () => new Topics(contextFor(stack, config), { stateKeyArn: pulumi.output(stateKeyArn) }));
}

const text = z.union([z.string(), z.array(z.string())]);
const documentSchema = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: z.union([z.string(), z.record(z.string(), text)]),
      Action: text,
      Resource: text,
      Condition: z.record(z.string(), z.record(z.string(), text)),
    }),
  ),
});

function statementsOf(program: RecordedProgram<unknown>, name: string) {
  const { policy } = program.named(name).inputs;
  return documentSchema.parse(JSON.parse(z.string().parse(policy))).Statement;
}

/** Subscriptions by the endpoint that they deliver to. */
function subscriptionTo(program: RecordedProgram<unknown>, endpoint: string) {
  const found = program.ofType('TopicSubscription').filter(({ inputs }) => inputs['endpoint'] === endpoint);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} subscriptions to ${endpoint}`);
  return found[0];
}

test.serial('there are topics for alerts and operations, and one for clean files if it is configured', async (t) => {
  const names = (program: RecordedProgram<unknown>) => program.ofType('Topic').map(({ inputs }) => inputs['name']);
  const plain = await record();
  t.deepEqual(names(plain), ['rearview-prod-alerts', 'rearview-prod-operations']);
  t.is(plain.result.cleanArn, null);
  t.is(plain.result.undelivered, null);
  const whole = await record(everything);
  t.deepEqual(names(whole), ['rearview-prod-alerts', 'rearview-prod-clean', 'rearview-prod-operations']);
});

test.serial('every topic and queue is encrypted with the state key, and has the tags', async (t) => {
  const program = await record({ ...everything, tags: { team: 'soc' } });
  const made = [...program.ofType('Topic'), ...program.ofType('Queue')];
  t.is(made.length, 4);
  for (const { inputs } of made) {
    t.is(inputs['kmsMasterKeyId'], stateKeyArn);
    t.deepEqual(inputs['tags'], { team: 'soc', 'rearview-stack': 'rearview-prod' });
  }
});

test.serial('every topic and queue requires TLS', async (t) => {
  const program = await record(everything);
  const policies = [...program.ofType('TopicPolicy'), ...program.ofType('QueuePolicy')];
  t.is(policies.length, 4);
  for (const { name } of policies) {
    const denied = statementsOf(program, name).filter(({ Effect }) => Effect === 'Deny');
    t.like(denied, [{ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]);
  }
});

test.serial('topic policies allow only alarms of the stack and budgets of the account', async (t) => {
  const program = await record(everything);
  const allowed = (name: string) => statementsOf(program, name).filter(({ Effect }) => Effect === 'Allow');
  t.deepEqual(allowed('alerts-topic-policy'), []);
  t.deepEqual(allowed('clean-topic-policy'), []);
  const Resource = 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-operations';
  const publish = { Effect: 'Allow', Action: 'sns:Publish', Resource };
  const from = (arn: string) => ({
    StringEquals: { 'aws:SourceAccount': '111122223333' },
    ArnLike: { 'aws:SourceArn': arn },
  });
  t.like(allowed('operations-topic-policy'), [
    {
      ...publish,
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: from('arn:aws:cloudwatch:eu-central-1:111122223333:alarm:rearview-prod-*'),
    },
    {
      ...publish,
      Principal: { Service: 'budgets.amazonaws.com' },
      Condition: from('arn:aws:budgets::111122223333:*'),
    },
  ]);
  t.is(allowed('operations-topic-policy').length, 2);
});

test.serial('a policy refers to its own topic', async (t) => {
  const program = await record(everything);
  for (const { name, inputs } of program.ofType('TopicPolicy')) {
    t.true(
      statementsOf(program, name).every(({ Resource }) => Resource === inputs['arn']),
      name,
    );
  }
});

test.serial(
  'undelivered messages are kept, except for email, and only topics of the stack may put them there',
  async (t) => {
    const program = await record(everything);
    const dead = 'arn:aws:sqs:eu-central-1:111122223333:rearview-prod-undelivered';
    for (const { endpoint } of [queue, webhook, ours, theirs]) {
      const { redrivePolicy } = subscriptionTo(program, endpoint).inputs;
      t.deepEqual(JSON.parse(z.string().parse(redrivePolicy)), { deadLetterTargetArn: dead }, endpoint);
    }
    t.false('redrivePolicy' in subscriptionTo(program, mail.endpoint).inputs);
    const topics = ['alerts', 'clean', 'operations'].map(
      (each) => `arn:aws:sns:eu-central-1:111122223333:rearview-prod-${each}`,
    );
    const allowed = statementsOf(program, 'undelivered-queue-policy').filter(({ Effect }) => Effect === 'Allow');
    t.like(allowed, [
      {
        ...{ Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: dead },
        Condition: { ArnEquals: { 'aws:SourceArn': topics } },
      },
    ]);
    t.is(allowed.length, 1);
    t.is(program.named('undelivered-queue').inputs['messageRetentionSeconds'], 1_209_600);
    t.is((await record({ subscriptions: [mail] })).ofType('Queue').length, 0, 'mail alone needs none');
  },
);

test.serial(
  'a function of this account allows the topic to invoke it; that of another account needs its owner',
  async (t) => {
    const program = await record(everything);
    const permissions = program.ofType('Permission');
    t.is(permissions.length, 1);
    t.like(permissions[0]?.inputs, {
      ...{ action: 'lambda:InvokeFunction', principal: 'sns.amazonaws.com', qualifier: 'live', region: 'eu-west-1' },
      function: 'arn:aws:lambda:eu-west-1:111122223333:function:triage',
      sourceArn: 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-alerts',
    });
  },
);

test.serial('a subscription is raw or filtered only if configured', async (t) => {
  const program = await record({
    subscriptions: [
      { ...queue, raw: true, filter: { severity: ['critical'], tag: ['webshell'] } },
      { ...mail, topic: 'operations' },
    ],
  });
  const filtered = subscriptionTo(program, queue.endpoint).inputs;
  t.like(filtered, { rawMessageDelivery: true, filterPolicyScope: 'MessageAttributes', protocol: 'sqs' });
  t.is(filtered['topic'], 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-alerts');
  t.deepEqual(JSON.parse(z.string().parse(filtered['filterPolicy'])), { severity: ['critical'], tags: ['webshell'] });
  const plain = subscriptionTo(program, mail.endpoint).inputs;
  t.like(plain, { rawMessageDelivery: false, topic: 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-operations' });
  t.false('filterPolicy' in plain);
});

test.serial(
  'a subscription keeps its name at any position in the list, so that it need not be confirmed again',
  async (t) => {
    const [before, after] = [
      await record({ subscriptions: [mail, queue] }),
      await record({ subscriptions: [queue, mail] }),
    ];
    t.is(subscriptionTo(before, mail.endpoint).name, subscriptionTo(after, mail.endpoint).name);
    t.not(subscriptionTo(before, mail.endpoint).name, subscriptionTo(before, queue.endpoint).name);
  },
);

test.serial('two stacks share no topic, queue or statement', async (t) => {
  const [one, other] = [await record(everything, 'prod'), await record(everything, 'dev')];
  const own = (program: RecordedProgram<unknown>) =>
    program.resources.flatMap(({ inputs }) =>
      ['name', 'arn', 'sourceArn', 'statementId'].flatMap((key) => inputs[key] ?? []),
    );
  t.true(own(one).length >= 8);
  t.deepEqual(
    own(one).filter((name) => own(other).includes(name)),
    [],
  );
  t.notRegex(JSON.stringify(one.resources), /rearview-dev/);
});
