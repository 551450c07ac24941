import test from 'ava';
import { contextFor } from '../testing/context-for-tests.ts';
import { recordProgram } from '../testing/record-program.ts';
import { WorkQueues } from './work-queues.ts';

const stateKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/state';
const record = (config: Record<string, unknown> = {}) =>
  recordProgram(async () => new WorkQueues(contextFor('prod', config), { stateKeyArn }));
const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:111122223333:rearview-prod-${name}`;
const urlOf = (name: string) => `https://sqs.eu-central-1.amazonaws.com/111122223333/rearview-prod-${name}`;
const allQueues = ['failures', 'live', 'preview', 'retro'].flatMap((part) =>
  part === 'failures' ? [part] : [part, `${part}-dead-letters`],
);

test.serial('every queue is encrypted, keeps messages for two weeks, and lets receivers wait', async (t) => {
  const program = await record({ tags: { team: 'detection' } });
  t.deepEqual(
    program
      .ofType('Queue')
      .map(({ name }) => name)
      .sort(),
    allQueues,
  );
  for (const { name, inputs } of program.ofType('Queue')) {
    t.like(inputs, {
      name: `rearview-prod-${name}`,
      kmsMasterKeyId: stateKeyArn,
      messageRetentionSeconds: 1_209_600,
      receiveWaitTimeSeconds: 20,
      tags: { team: 'detection', 'rearview-stack': 'rearview-prod' },
    });
  }
});

test.serial(
  'a message delivered too often goes to the dead letters of its queue, which accept none of another',
  async (t) => {
    const program = await record({ maxReceives: 7 });
    for (const part of ['live', 'retro', 'preview']) {
      t.deepEqual(JSON.parse(String(program.named(part, 'Queue').inputs['redrivePolicy'])), {
        deadLetterTargetArn: arnOf(`${part}-dead-letters`),
        maxReceiveCount: 7,
      });
      const allow = program.named(`${part}-redrive-allow`).inputs;
      t.is(allow['queueUrl'], urlOf(`${part}-dead-letters`));
      t.deepEqual(JSON.parse(String(allow['redriveAllowPolicy'])), {
        redrivePermission: 'byQueue',
        sourceQueueArns: [arnOf(part)],
      });
    }
  },
);

test.serial('the visibility timeout depends on the function that reads the queue', async (t) => {
  const live = { timeoutSeconds: 110, batchSize: 100, batchWindowSeconds: 5 };
  const program = await record({ live, retro: { timeoutSeconds: 900 } });
  t.is(program.named('live', 'Queue').inputs['visibilityTimeoutSeconds'], 665);
  for (const part of ['retro', 'preview']) {
    t.is(program.named(part, 'Queue').inputs['visibilityTimeoutSeconds'], 5400);
  }
});

test.serial('queues require TLS; those of arrivals get their policy elsewhere', async (t) => {
  const program = await record();
  const locked = allQueues.filter((part) => !part.startsWith('live'));
  t.deepEqual(
    program
      .ofType('QueuePolicy')
      .map(({ name }) => name)
      .sort(),
    locked.map((part) => `${part}-policy`).sort(),
  );
  for (const part of locked) {
    const { queueUrl, policy } = program.named(`${part}-policy`).inputs;
    t.is(queueUrl, urlOf(part));
    t.deepEqual(JSON.parse(String(policy)).Statement, [
      {
        Sid: 'NothingWithoutTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: arnOf(part),
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  }
});

test.serial('other parts get the queues by name, address and ARN', async (t) => {
  const { result } = await record();
  const read = (output: { apply(use: (value: string) => void): unknown }) =>
    new Promise<string>((resolve) => output.apply(resolve));
  for (const part of ['live', 'retro', 'preview'] as const) {
    const queue = result[part];
    t.is(await read(queue.name), `rearview-prod-${part}`);
    t.is(await read(queue.url), urlOf(part));
    t.is(await read(queue.arn), arnOf(part));
    t.is(await read(queue.deadLetterName), `rearview-prod-${part}-dead-letters`);
    t.is(await read(queue.deadLetterUrl), urlOf(`${part}-dead-letters`));
    t.is(await read(queue.deadLetterArn), arnOf(`${part}-dead-letters`));
  }
  t.is(await read(result.failures.arn), arnOf('failures'));
});
