import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import test, { type ExecutionContext } from 'ava';
import * as z from 'zod';
import type { AlertFormat } from '../../../domain/alerts/render-alert.ts';
import { hasCode } from '../../../domain/errors.ts';
import { alertFor, alertWatchContract } from '../../../ports/alert-watch.contract.ts';
import {
  type MessagingEmulator,
  snsFailure,
  sqsFailure,
  startMessagingEmulator,
} from '../../../testing/aws/messaging-emulator.ts';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { createS3ObjectStore } from '../s3/s3-object-store.ts';
import { createSnsAlertSink } from './sns-alert-sink.ts';
import { openSnsAlertWatch } from './sns-alert-watch.ts';

async function start(t: ExecutionContext, format: AlertFormat = 'rearview') {
  const emulator = await startMessagingEmulator(t);
  const { sns, sqs } = emulator;
  const { arn: topicArn } = await emulator.createTopic();
  const oversize = createS3ObjectStore(await startS3Emulator(t));
  let count = 0;
  return {
    ...{ emulator, topicArn },
    sink: createSnsAlertSink({ client: sns, topicArn, format, oversize }),
    open: () => openSnsAlertWatch({ sns, sqs, topicArn, queueName: `watch-${count++}` }),
  };
}

/** Subscriptions of the topic and queues, in addition to the previous ones. */
async function leftovers({ sns, sqs }: MessagingEmulator, TopicArn: string) {
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'watch-' }));
  return { subscriptions: Number(Attributes?.['SubscriptionsConfirmed']) - 1, queues: QueueUrls.length };
}

alertWatchContract(test, (t) => start(t));

test('alerts are also understood in the format of BinaryAlert', async (t) => {
  const { sink, open } = await start(t, 'binaryalert');
  const watch = await open();
  await sink.send(alertFor('a:b c'));
  const { signal } = new AbortController();
  t.deepEqual(await watch.receive({ waitMs: 20_000, signal }), [{ bucket: 'corpus', key: 'a:b c', ruleId: 'a.yar:R' }]);
  await watch.close();
});

test('closing leaves neither queue nor subscription', async (t) => {
  const { emulator, topicArn, open } = await start(t);
  const watch = await open();
  t.deepEqual(await leftovers(emulator, topicArn), { subscriptions: 1, queues: 1 });
  await watch.close();
  t.deepEqual(await leftovers(emulator, topicArn), { subscriptions: 0, queues: 0 });
});

test('only the topic may send to the queue, from its creation on, and it is subscribed with raw delivery', async (t) => {
  const { emulator, topicArn, open } = await start(t);
  const watch = await open();
  const made = emulator.calls.find(({ action, input }) => action === 'CreateQueue' && input['QueueName'] === 'watch-0');
  const attributes = z.record(z.string(), z.string()).parse(made?.input['Attributes']);
  t.deepEqual(JSON.parse(attributes['Policy'] ?? '').Statement[0], {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: '*',
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  });
  const subscribed = emulator.calls.findLast(({ action }) => action === 'Subscribe');
  t.like(subscribed?.input, { 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': 'true' });
  await watch.close();
});

test('the error for a missing permission to subscribe names it, and no queue is left', async (t) => {
  const { emulator, topicArn, open } = await start(t);
  emulator.intercept(({ action }) => (action === 'Subscribe' ? snsFailure(403, 'AuthorizationError') : undefined));
  const error = await t.throwsAsync(open());
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.regex(error?.message ?? '', /needs sns:Subscribe/);
  t.deepEqual(await leftovers(emulator, topicArn), { subscriptions: 0, queues: 0 });
});

test('the error for a resource that cannot be removed names it, with the permission', async (t) => {
  const { emulator, topicArn, open } = await start(t);
  const watch = await open();
  emulator.intercept(({ action }) => {
    if (action === 'Unsubscribe') return snsFailure(403, 'AuthorizationError');
    return action === 'DeleteQueue' ? sqsFailure(403, 'AccessDeniedException') : undefined;
  });
  const [subscription, queue] = await watch.close();
  t.true(subscription?.name.startsWith(topicArn));
  t.regex(subscription?.reason ?? '', /sns:Unsubscribe/);
  t.regex(queue?.name ?? '', /watch-0$/);
  t.regex(queue?.reason ?? '', /sqs:DeleteQueue/);
  emulator.intercept(({ action }) => {
    if (action === 'Subscribe') return snsFailure(403, 'AuthorizationError');
    return action === 'DeleteQueue' ? sqsFailure(403, 'AccessDeniedException') : undefined;
  });
  const error = await t.throwsAsync(open());
  t.regex(error?.message ?? '', /sns:Subscribe[\s\S]*Remove what is left: .*watch-1 \(.*sqs:DeleteQueue/);
});
