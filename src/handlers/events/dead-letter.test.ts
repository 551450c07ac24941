import test from 'ava';
import { readAwsConfig } from '../../targets/aws/aws-config.ts';
import { s3Notification } from '../../testing/s3/s3-events.ts';
import { readDeadLetter } from './dead-letter.ts';

test('objects of a dead letter that are outside the prefix of their bucket are not failures', (t) => {
  const config = readAwsConfig(
    {},
    {
      ...{ corpusBuckets: 'corpus,mail/in/', artifactsBucket: 'a', alertTopicArn: 'arn:t', batcherFunction: 'b' },
      ...{ objectsTable: 'o', scansTable: 's', matchesTable: 'm' },
      ...{ liveQueueUrl: 'https://sqs/1/live', liveDeadLetterUrl: 'https://sqs/1/live-dead' },
      ...{ retroQueueUrl: 'https://sqs/1/retro', retroDeadLetterUrl: 'https://sqs/1/retro-dead' },
      ...{ previewQueueUrl: 'https://sqs/1/preview', previewDeadLetterUrl: 'https://sqs/1/preview-dead' },
    },
  );
  const body = s3Notification({ bucket: 'mail', key: 'in/a' }, { bucket: 'mail', key: 'out' });
  const read = readDeadLetter({ config })(body);
  t.deepEqual(
    read?.map((message) => ('key' in message ? message.key : message.type)),
    ['in/a'],
  );
});
