import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RearviewError } from '../../../domain/errors.ts';
import { ask } from '../ask.ts';
import { orElsewhere } from '../s3/bucket-elsewhere.ts';
import { type NotificationConfiguration, readNotificationConfiguration } from './notification-configuration.ts';
import { captureBody, replaceBody } from './raw-body.ts';

export interface NotifyingBucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** Account that must own the bucket, or S3 refuses. Default: any. */
  readonly owner?: string;
}

/**
 * Reads the notification settings of a bucket. Needs `s3:GetBucketNotification`.
 * @throws RearviewError `ERR_CONFIG` naming what is missing, refused or not understood;
 *   `ERR_UNAVAILABLE` (retryable)
 */
export async function readNotifications(place: NotifyingBucket): Promise<NotificationConfiguration> {
  const command = new GetBucketNotificationConfigurationCommand(inputOf(place));
  const body = captureBody(command.middlewareStack);
  await asked(place, 's3:GetBucketNotification', () => place.client.send(command));
  const found = readNotificationConfiguration(body());
  if (found !== null) return found;
  const text = `${whatOf(place)} has notifications in an unknown format, so they cannot be preserved`;
  throw new RearviewError('ERR_CONFIG', `${text}: turn on EventBridge in the S3 console.`);
}

/**
 * Replaces all notification settings of the bucket. Destinations are not validated: they belong to
 * others, and some may be gone. S3 supports no condition: a simultaneous change is lost. Needs
 * `s3:PutBucketNotification`.
 * @param document as `NotificationConfiguration`; it is sent unchanged, since the SDK drops
 *   elements it does not know
 * @throws RearviewError as `readNotifications`
 */
export async function writeNotifications(place: NotifyingBucket, document: string): Promise<void> {
  const command = new PutBucketNotificationConfigurationCommand({
    ...inputOf(place),
    NotificationConfiguration: {},
    SkipDestinationValidation: true,
  });
  replaceBody(command.middlewareStack, document);
  await asked(place, 's3:PutBucketNotification', () => place.client.send(command));
}

function inputOf({ bucket, owner }: NotifyingBucket) {
  return { Bucket: bucket, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) };
}

function whatOf({ bucket, owner }: NotifyingBucket): string {
  return owner === undefined ? `The bucket ${bucket}` : `The bucket ${bucket} of account ${owner}`;
}

function asked<T>(place: NotifyingBucket, permission: string, step: () => Promise<T>): Promise<T> {
  const what = whatOf(place);
  return ask({ what, permission }, () => orElsewhere(what, step()));
}
