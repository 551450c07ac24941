import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import test from 'ava';
import fc from 'fast-check';
import { splitBatch } from './split-batch.ts';
import { sqsEvent, sqsMessage } from './sqs-event.ts';
import { startSqs } from './start-sqs.ts';

test('a message of SQS becomes a record as Lambda writes it', async (t) => {
  const { client, createQueue } = await startSqs(t);
  const QueueUrl = await createQueue('live');
  const sent = await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'ü',
      MessageAttributes: {
        rule: { DataType: 'String', StringValue: 'Eicar' },
        hash: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 128]) },
      },
    }),
  );
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] }),
  );
  const [record] = sqsEvent(
    Messages.map((each) => sqsMessage.parse(each)),
    'arn:aws:sqs:eu-west-1:000000000000:live',
  ).Records;
  t.truthy(record);
  if (record === undefined) return;
  const { attributes, receiptHandle, md5OfMessageAttributes, ...rest } = record;
  t.deepEqual(rest, {
    messageId: sent.MessageId ?? '',
    body: 'ü',
    messageAttributes: {
      rule: { stringValue: 'Eicar', stringListValues: [], binaryListValues: [], dataType: 'String' },
      hash: { binaryValue: 'AP+A', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
    },
    md5OfBody: sent.MD5OfMessageBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:live',
    awsRegion: 'eu-west-1',
  });
  t.is(md5OfMessageAttributes, sent.MD5OfMessageAttributes);
  t.is(attributes.ApproximateReceiveCount, '1');
  t.regex(attributes.SentTimestamp, /^\d{13}$/);
  t.regex(attributes.ApproximateFirstReceiveTimestamp, /^\d{13}$/);
  t.not(attributes.SenderId, '');
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
});

const message = fc
  .string({ maxLength: 200 })
  .map((Body) => sqsMessage.parse({ MessageId: 'id', ReceiptHandle: 'receipt', MD5OfBody: '', Body }));
const bytesOf = (messages: readonly unknown[]) =>
  messages.reduce<number>((sum, each) => sum + Buffer.byteLength(JSON.stringify(each)), 0);

test('batches keep all messages in order, none is empty, and only a batch of one message may be too large', (t) => {
  fc.assert(
    fc.property(fc.array(message), fc.integer({ min: 1, max: 1000 }), (messages, maxBytes) => {
      const batches = splitBatch(messages, maxBytes);
      t.deepEqual(batches.flat(), messages);
      for (const batch of batches) t.true(batch.length === 1 || (batch.length > 1 && bytesOf(batch) <= maxBytes));
    }),
  );
});

test('a batch is closed only when the next message does not fit', (t) => {
  fc.assert(
    fc.property(fc.array(message), fc.integer({ min: 1, max: 1000 }), (messages, maxBytes) => {
      const batches = splitBatch(messages, maxBytes);
      for (const [index, next] of batches.entries()) {
        const before = batches[index - 1];
        if (before !== undefined) t.true(bytesOf([...before, next[0]]) > maxBytes);
      }
    }),
  );
});
