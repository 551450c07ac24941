import test from 'ava';
import { readNotificationConfiguration, withEventBridge } from './notification-configuration.ts';

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const filter =
  '<Filter><S3Key><FilterRule><Name>Prefix</Name><Value>in/ &amp;</Value></FilterRule><FilterRule><Name>suffix</Name><Value>.eml</Value></FilterRule></S3Key></Filter>';
const queue = `<QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:us-east-1:1:q</Queue><Event>s3:ObjectCreated:Put</Event><Event>s3:ObjectRemoved:*</Event>${filter}</QueueConfiguration>`;
const topic =
  '<TopicConfiguration><Id>t</Id><Topic>arn:aws:sns:us-east-1:1:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration>';
const lambda =
  '<CloudFunctionConfiguration><Id>f</Id><CloudFunction>arn:aws:lambda:us-east-1:1:function:f</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>';
const later = '<PigeonConfiguration><Id>p</Id><Loft height="3">Basel</Loft></PigeonConfiguration>';
const documentOf = (...parts: readonly string[]) =>
  `${head}<NotificationConfiguration ${namespace}>${parts.join('')}</NotificationConfiguration>`;

test('every destination is listed with its events and filters', (t) => {
  const whole = { prefix: '', suffix: '', events: ['s3:ObjectCreated:*'] };
  const found = readNotificationConfiguration(documentOf(topic, queue, lambda, later));
  t.is(found?.eventBridge, false);
  t.deepEqual(found?.destinations, [
    { kind: 'topic', id: 't', arn: 'arn:aws:sns:us-east-1:1:t', ...whole },
    {
      ...{ kind: 'queue', id: 'q', arn: 'arn:aws:sqs:us-east-1:1:q', prefix: 'in/ &', suffix: '.eml' },
      events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'],
    },
    { kind: 'function', id: 'f', arn: 'arn:aws:lambda:us-east-1:1:function:f', ...whole },
  ]);
  t.is(found?.others.length, 4, 'what is not known here is not overlooked');
});

test('turning on EventBridge adds one element to the document, and leaves every other byte unchanged', (t) => {
  const added = '<EventBridgeConfiguration></EventBridgeConfiguration>';
  const on = (document: string) => {
    const found = readNotificationConfiguration(document);
    return found === null ? null : withEventBridge(found);
  };
  t.is(on(documentOf(queue, later)), documentOf(queue, later, added));
  t.is(
    on(documentOf(queue).replace('</NotificationConfiguration>', '</NotificationConfiguration >\n')),
    documentOf(queue, added).replace('</NotificationConfiguration>', '</NotificationConfiguration >\n'),
  );
  t.is(on(`${head}<NotificationConfiguration ${namespace}/>`), documentOf(added));
  t.is(on('<NotificationConfiguration/>'), `<NotificationConfiguration>${added}</NotificationConfiguration>`);
  for (const is of ['<EventBridgeConfiguration/>', added]) {
    const document = documentOf(topic, is);
    t.true(readNotificationConfiguration(document)?.eventBridge);
    t.is(on(document), document);
  }
});

test('EventBridge and the order do not make a configuration different', (t) => {
  const others = (...parts: readonly string[]) => readNotificationConfiguration(documentOf(...parts))?.others;
  t.deepEqual(others(queue, topic, '<EventBridgeConfiguration/>'), others(topic, queue));
  t.notDeepEqual(others(queue, topic), others(queue));
  t.notDeepEqual(others(queue), others(queue.replace('.eml', '.msg')));
});

test('anything other than a notification configuration is refused', (t) => {
  for (const each of ['', '<Error><Code>x</Code></Error>', documentOf('text'), documentOf('<!-- -->')]) {
    t.is(readNotificationConfiguration(each), null, each);
  }
});
