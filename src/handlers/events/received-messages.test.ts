import test from 'ava';
import { sqsEvent } from '../../testing/s3/s3-events.ts';
import { queueNameOf, receivedMessages } from './received-messages.ts';

test('messages have their receipts, and the queue its name', (t) => {
  const event = sqsEvent('{"a":1}');
  t.like(receivedMessages(event)[0], { id: 'm1', body: '{"a":1}', receipt: event.Records[0]?.receiptHandle });
  t.is(queueNameOf(event), 'live');
});

test('another event has neither', (t) => {
  for (const event of [null, {}, { Records: [{ eventSource: 'aws:s3' }] }, { Records: [] }]) {
    t.deepEqual(receivedMessages(event), []);
    t.is(queueNameOf(event), null);
  }
});
