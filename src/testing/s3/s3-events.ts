/** Events in the form that AWS sends. The functions are pure. */

export interface EventObject {
  readonly bucket: string;
  /** The key of the object; encoded here where AWS encodes it. */
  readonly key: string;
  /** Bytes. Default: 5. */
  readonly size?: number;
  /** Without quotes. Default: the ETag of "hello\n". */
  readonly etag?: string;
  /** Absent if the bucket has no versions. */
  readonly versionId?: string;
  /** Default: 2026-01-02T03:04:05.678Z. */
  readonly eventTime?: string;
  /** Without `s3:`. Default: `ObjectCreated:Put`. */
  readonly eventName?: string;
  /** The uploader, in notifications of S3. Default: AWS:AIDAINPONIXQXHT3IKHL2. */
  readonly principalId?: string;
}

const defaults = {
  size: 5,
  etag: 'b1946ac92492d2347c6235b4d2611184',
  eventTime: '2026-01-02T03:04:05.678Z',
  eventName: 'ObjectCreated:Put',
  principalId: 'AWS:AIDAINPONIXQXHT3IKHL2',
} as const;

/** A key as in event notifications and CSV inventories: form-encoded, except for `/`. */
export function encodeS3Key(key: string): string {
  return encodeURIComponent(key)
    .replaceAll(/[!'()~]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

/**
 * One record:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function s3Record(object: EventObject) {
  const merged = { ...defaults, ...object };
  const { bucket, key, size, etag, versionId, eventTime, eventName, principalId } = merged;
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime,
    eventName,
    userIdentity: { principalId },
    requestParameters: { sourceIPAddress: '205.255.255.255' },
    responseElements: { 'x-amz-request-id': 'D82B88E5F771F645', 'x-amz-id-2': 'vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'uploads',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A1YQ72UWCM96UF' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeS3Key(key),
        // A removed object has no size and no ETag.
        ...(eventName.startsWith('ObjectRemoved:') ? {} : { size, eTag: etag }),
        ...(versionId === undefined ? {} : { versionId }),
        sequencer: '0055AED6DCD90281E5',
      },
    },
  };
}

/** An S3 event notification of one or several objects, as JSON. */
export function s3Notification(...objects: readonly EventObject[]): string {
  return JSON.stringify({ Records: objects.map(s3Record) });
}

/** The message that S3 sends to a queue or topic when notifications are set up. */
export function s3TestEvent(bucket: string): string {
  return JSON.stringify({
    ...{ Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-01-02T03:04:05.678Z', Bucket: bucket },
    ...{ RequestId: '5582815E1AEA5ADF', HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE' },
  });
}

/**
 * An event of S3 from EventBridge, as JSON:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function eventBridgeEvent(object: EventObject & { readonly detailType?: string }): string {
  const { bucket, key, size, etag, versionId, eventTime, detailType } = {
    ...{ ...defaults, detailType: 'Object Created' },
    ...object,
  };
  return JSON.stringify({
    ...{ version: '0', id: '17793124-05d4-b198-2fde-7ededc63b103', 'detail-type': detailType, source: 'aws.s3' },
    ...{ account: '111122223333', time: eventTime.replace(/\.\d+Z$/, 'Z'), region: 'us-east-1' },
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        ...{ key, size, etag, sequencer: '0055AED6DCD90281E5' },
        ...(versionId === undefined ? {} : { 'version-id': versionId }),
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: '123456789012',
      'source-ip-address': '1.2.3.4',
      reason: 'PutObject',
    },
  });
}

/**
 * A message in the envelope of SNS:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function snsEnvelope(message: string): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:uploads',
    Subject: 'Amazon S3 Notification',
    Message: message,
    Timestamp: '2026-01-02T03:04:05.678Z',
    SignatureVersion: '1',
    Signature: 'c6d2e0a1',
    SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ecfb72.pem',
    UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
  });
}

/** One record of an SQS event. */
export interface SqsMessage {
  readonly body: string;
  /** Default: `m1`, `m2` … by its position in the event. */
  readonly messageId?: string;
  /** Default: 1. */
  readonly receiveCount?: number;
}

/**
 * The event that Lambda passes to the handler of a queue:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsEvent(...messages: readonly (SqsMessage | string)[]) {
  return {
    Records: messages.map((each, index) => {
      const { body, messageId = `m${index + 1}`, receiveCount = 1 } = typeof each === 'string' ? { body: each } : each;
      return {
        messageId,
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
        body,
        attributes: {
          ApproximateReceiveCount: String(receiveCount),
          SentTimestamp: '1545082649183',
          SenderId: 'AIDAIENQZJOLO23YVJ4VO',
          ApproximateFirstReceiveTimestamp: '1545082649185',
        },
        messageAttributes: {},
        md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:live',
        awsRegion: 'us-east-1',
      };
    }),
  };
}
