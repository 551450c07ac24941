import test from 'ava';
import { eventBridgeEvent, s3Notification, s3TestEvent, snsEnvelope, sqsEvent } from '../../testing/s3/s3-events.ts';
import { parseLiveEvent } from './live-event.ts';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html, "test
 * message" and event messages
 */
const notification = {
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-west-2',
      eventTime: '1970-01-01T00:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
      requestParameters: { sourceIPAddress: '172.16.0.1' },
      responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG' },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'testConfigRule',
        bucket: {
          name: 'amzn-s3-demo-bucket',
          ownerIdentity: { principalId: 'A3NL1KOZZKExample' },
          arn: 'arn:aws:s3:::amzn-s3-demo-bucket',
        },
        object: {
          key: 'HappyFace.jpg',
          size: 1024,
          eTag: 'd41d8cd98f00b204e9800998ecf8427e',
          versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
          sequencer: '0055AED6DCD90281E5',
        },
      },
    },
  ],
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html, "Object created" */
const bridged = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '111122223333',
  time: '2021-11-12T00:00:00Z',
  region: 'ca-central-1',
  resources: ['arn:aws:s3:::amzn-s3-demo-bucket1'],
  detail: {
    version: '0',
    bucket: { name: 'amzn-s3-demo-bucket1' },
    object: {
      key: 'example-key',
      size: 5,
      etag: 'b1946ac92492d2347c6235b4d2611184',
      'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      sequencer: '617f08299329d189',
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '1.2.3.4',
    reason: 'PutObject',
  },
};

/**
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html, "HTTP/HTTPS
 * notification JSON format"
 */
const envelope = {
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
  Subject: 'My First Message',
  Message: 'Hello world!',
  Timestamp: '2012-05-02T00:54:06.655Z',
  SignatureVersion: '1',
  Signature: 'EXAMPLEw6JRN',
  SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
  UnsubscribeURL:
    'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-west-2:1:MyTopic:c9135db0',
};

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, "Example standard queue message
 * event"
 */
const queued = {
  Records: [
    {
      messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
      body: 'Test message.',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185',
      },
      messageAttributes: {},
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
      awsRegion: 'us-east-2',
    },
  ],
};

const options = { versioned: true };

test('the events that AWS documents are understood', (t) => {
  const happy = {
    ...{ bucket: 'amzn-s3-demo-bucket', key: 'HappyFace.jpg', version: '096fKKXTRTtl3on89fVO.nfljtsv6qko', size: 1024 },
    ...{ arrivedAt: '1970-01-01T00:00:00.000Z' },
    uploadedBy: { principal: 'AIDAJDPLRKLG7UEXAMPLE', address: '172.16.0.1' },
  };
  const example = {
    ...{ bucket: 'amzn-s3-demo-bucket1', key: 'example-key', version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e', size: 5 },
    ...{ arrivedAt: '2021-11-12T00:00:00.000Z' },
    uploadedBy: { principal: '123456789012', address: '1.2.3.4' },
  };
  const inQueue = (body: unknown) => ({
    Records: queued.Records.map((each) => ({ ...each, body: JSON.stringify(body) })),
  });
  const delivery = { messageId: '059f36b4-87a3-44ab-83d2-661975830a7d', receiveCount: 1 };
  for (const [body, object] of [
    [notification, happy],
    [{ ...envelope, Message: JSON.stringify(notification) }, happy],
    [bridged, example],
  ] as const) {
    t.deepEqual(parseLiveEvent(inQueue(body), options), [{ type: 'object', object, ...delivery }]);
  }
  t.like(parseLiveEvent(notification, options)[0], { type: 'object', object: happy, messageId: null });
  t.like(parseLiveEvent(queued, options)[0], { type: 'problem', ...delivery });
});

test('events made for tests have the fields of those that AWS documents', (t) => {
  const made = (text: string): unknown => JSON.parse(text);
  const its = { bucket: 'b', key: 'k', versionId: 'v' };
  t.deepEqual(shapeOf(made(s3Notification(its))), shapeOf(notification));
  t.deepEqual(shapeOf(made(eventBridgeEvent(its))), shapeOf(bridged));
  t.deepEqual(shapeOf(made(snsEnvelope('x'))), shapeOf(envelope));
  t.deepEqual(shapeOf(sqsEvent('x')), shapeOf(queued));
  t.deepEqual(Object.keys(JSON.parse(s3TestEvent('b')) as object), [
    'Service',
    'Event',
    'Time',
    'Bucket',
    'RequestId',
    'HostId',
  ]);
});

/** The fields, and of what type each is. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}
