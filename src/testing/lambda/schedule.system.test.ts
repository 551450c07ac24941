import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { startSchedule } from './schedule.ts';
import { fixture, startTestLambda } from './start-test-lambda.ts';

test('a schedule invokes its function again and again, until it is stopped', async (t) => {
  const lambda = await startTestLambda(t, { counter: { module: fixture('counter') } });
  const schedule = lambda.schedule({ function: 'counter', everyMs: 5 });
  while (lambda.stats('counter').invocations < 3) await sleep(5);
  schedule.stop();
  await lambda.idle();
  t.is(lambda.stats('counter').errors, 0);
});

test('a schedule that fires on demand invokes its function once, asynchronously', async (t) => {
  const lambda = await startTestLambda(t, { broken: { module: fixture('broken'), asyncRetryDelayMs: 1 } });
  lambda.schedule({ function: 'broken', everyMs: Number.POSITIVE_INFINITY }).fire();
  await lambda.idle();
  t.is(lambda.stats('broken').invocations, 3);
});

test('the event is one of EventBridge', (t) => {
  const payloads: string[] = [];
  const schedule = startSchedule('nightly', Number.POSITIVE_INFINITY, (payload) => String(payloads.push(payload)));
  t.is(schedule.fire(), '1');
  const { id, time, ...event } = JSON.parse(payloads[0] ?? '');
  t.regex(id, /^[0-9a-f-]{36}$/);
  t.regex(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  t.deepEqual(event, {
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/nightly'],
    detail: {},
  });
});
