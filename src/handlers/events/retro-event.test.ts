import test from 'ava';
import { batchDue, objectArrived } from '../../app/pipeline/messages.ts';
import { s3Notification, sqsEvent } from '../../testing/s3/s3-events.ts';
import { parseRetroEvent } from './retro-event.ts';

test('each message of the retro queue is one batch', (t) => {
  const bodies = ['1', '2'].map((batchId) => batchDue({ scanId: 's', batchId }));
  const event = sqsEvent(...bodies.map((body) => ({ body, receiveCount: 2 })));
  t.deepEqual(parseRetroEvent(event), [
    { type: 'batch', scanId: 's', batchId: '1', messageId: 'm1', receiveCount: 2 },
    { type: 'batch', scanId: 's', batchId: '2', messageId: 'm2', receiveCount: 2 },
  ]);
});

test('a message that is not a batch is a problem', (t) => {
  const object = { bucket: 'b', key: 'k', version: 'v', size: 1, arrivedAt: '2026-01-01T00:00:00.000Z' };
  const bad = [objectArrived(object), s3Notification({ bucket: 'b', key: 'k' }), 'x', '{}'];
  const items = parseRetroEvent(sqsEvent(...bad, batchDue({ scanId: 's', batchId: '1' })));
  t.deepEqual(
    items.map(({ type, messageId }) => [type, messageId]),
    [...bad.map((_, index) => ['problem', `m${index + 1}`]), ['batch', 'm5']],
  );
});

test('an event that is not from SQS is a problem without a message', (t) => {
  for (const event of [undefined, null, {}, { Records: [] }, { Records: [{ eventSource: 'aws:sqs' }] }]) {
    const items = parseRetroEvent(event);
    t.is(items.length, 1);
    t.like(items[0], { type: 'problem', messageId: null });
  }
});
