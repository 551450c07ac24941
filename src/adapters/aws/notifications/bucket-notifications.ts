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
  /** Account that must own the bucket, or S3 refuses. Default: whoever does. */
  readonly owner?: string;
}

/**
 * What the bucket notifies. Needs `s3:GetBucketNotification`.
 * @throws RearviewError `ERR_CONFIG` naming what is missing, refused or not understood; `ERR_UNAVAILABLE` (retryable)
 */
export async function readNotifications(place: NotifyingBucket): Promise<NotificationConfiguration> {
  const command = new GetBucketNotificationConfigurationCommand(inputOf(place));
  const body = captureBody(command.middlewareStack);
  await asked(place, 's3:GetBucketNotification', () => place.client.send(command));
  const found = readNotificationConfiguration(body());
  if (found !== null) return found;
  const text = `${whatOf(place)} answers with notifications that are not understood, so they cannot be kept as they are`;
  throw new RearviewError('ERR_CONFIG', `${text}: turn EventBridge on in the console of S3.`);
}

/**
 * Replaces all that the bucket notifies. Destinations are not looked at: they are not ours, and some may be gone. S3 knows no condition for it: what
 * somebody else wrote a moment ago is lost. Needs `s3:PutBucketNotification`.
 * @param document as `NotificationConfiguration` has it; it is sent as it stands, since the SDK leaves out what it does not know
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
