import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert, CutAlert } from '../../../domain/alerts/alert.ts';
import { type AlertFormat, renderAlert } from '../../../domain/alerts/render-alert.ts';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import type { AlertSink } from '../../../ports/alert-sink.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { translateAwsError } from '../aws-errors.ts';
import { messageText } from '../sqs/message-text.ts';
import { fitAlert } from './fit-alert.ts';
import { alertAttributes, alertSubject, attributesBytes } from './sns-attributes.ts';

/**
 * Maximum bytes of a message with its attributes:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. A topic may be configured for up to
 * 1 MiB. Every topic accepts this much, and so does every queue that is subscribed with raw
 * delivery.
 */
export const maxSnsBytes = 262_144;

export interface SnsAlertSinkOptions {
  /** Configures retries. */
  readonly client: SNSClient;
  readonly topicArn: string;
  /** Default: `rearview`. */
  readonly format?: AlertFormat;
  /** Stores alerts that are too large for a message, as `alerts/<yyyy-mm-dd>/<id>.json`. */
  readonly oversize: ObjectStore;
  /** Milliseconds since 1970, for the day in that key. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Publishes each alert to a topic, with attributes for filtering (`alertAttributes`). An alert that
 * is too large for SNS is stored completely first. The message then has as much of it as fits, and
 * its location (`CutAlert`). Needs `sns:Publish` on the topic, `kms:GenerateDataKey*` and
 * `kms:Decrypt` if the topic has a KMS key, and `s3:PutObject` for large alerts.
 */
export function createSnsAlertSink({
  client,
  topicArn,
  format = 'rearview',
  oversize,
  now = Date.now,
}: SnsAlertSinkOptions): AlertSink {
  const textOf = (alert: Alert | CutAlert) => messageText(renderAlert(alert, format));

  const shortTextOf = async (alert: Alert, maxBytes: number): Promise<string> => {
    const key = `alerts/${new Date(now()).toISOString().slice(0, 10)}/${alert.id}.json`;
    // No message refers to an object that does not exist yet.
    const content = new TextEncoder().encode(renderAlert(alert, format));
    const { bucket } = await oversize.put(key, content).catch((error: unknown) => Promise.reject(owed(alert, error)));
    const sizeOf = (each: CutAlert) => Buffer.byteLength(textOf(each));
    return textOf(fitAlert(alert, { maxBytes, full: { bucket, key }, sizeOf }));
  };

  return {
    name: 'sns',
    async send(alert) {
      const attributes = alertAttributes(alert);
      const subject = alertSubject(alert, format);
      // The subject is counted to be safe: nothing guarantees that it is not.
      const maxBytes = maxSnsBytes - attributesBytes(attributes) - subject.length;
      const whole = textOf(alert);
      const message = Buffer.byteLength(whole) <= maxBytes ? whole : await shortTextOf(alert, maxBytes);
      const input = { TopicArn: topicArn, Subject: subject, Message: message, MessageAttributes: { ...attributes } };
      await client.send(new PublishCommand(input)).catch((error: unknown) => Promise.reject(owed(alert, error)));
    },
  };

  function owed({ id }: Alert, error: unknown): RearviewError {
    const cause = translateAwsError(error, { what: `The topic ${topicArn}`, permission: 'sns:Publish' });
    const text = `Cannot publish alert ${id}: ${messageOf(cause)}`;
    return new RearviewError('ERR_ALERT_DELIVERY', text, { cause, retryable: true });
  }
}
