import { S3ServiceException } from '@aws-sdk/client-s3';
import { RearviewError } from '../../../domain/errors.ts';
import { type NotifyingBucket, readNotifications, writeNotifications } from './bucket-notifications.ts';
import { type Destination, withEventBridge } from './notification-configuration.ts';

/** `connected`: EventBridge was turned on; `would_connect`: it is off, and was left so; `already`: it was on. */
export type ConnectStatus = 'connected' | 'would_connect' | 'already';

export interface Connected {
  readonly status: ConnectStatus;
  /** The bucket's other notifications, which are as they were. */
  readonly destinations: readonly Destination[];
}

/**
 * Has a bucket send its events to EventBridge as well, and leaves its other notifications as they are. To do it again changes nothing. It takes some
 * five minutes to take effect: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
 *
 * S3 replaces all notifications of a bucket at once and knows no condition for it. So they are read again right before they are written, and after:
 * whoever changes them at the same time is found out, but for who does so in the milliseconds between reading and writing.
 *
 * @param options.dryRun writes nothing. Default: false
 * @throws RearviewError `ERR_CONFLICT` where somebody else changes them at the same time, telling what became of it; else as `readNotifications` and
 * `writeNotifications`
 */
export async function connectBucket(
  place: NotifyingBucket,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Connected> {
  try {
    return await connect(place, dryRun);
  } catch (error) {
    throw withAdvice(place, error);
  }
}

async function connect(place: NotifyingBucket, dryRun: boolean): Promise<Connected> {
  const first = await readNotifications(place);
  const { destinations } = first;
  if (first.eventBridge) return { status: 'already', destinations };
  if (dryRun) return { status: 'would_connect', destinations };

  const before = await readNotifications(place);
  if (before.eventBridge) return { status: 'already', destinations: before.destinations };
  if (!isSame(before.others, first.others)) {
    const text = `Somebody else changes the notifications of ${place.bucket} at this moment, so nothing was written`;
    throw new RearviewError('ERR_CONFLICT', `${text}: run it again when they are done.`);
  }
  await writeNotifications(place, withEventBridge(before));
  const after = await readNotifications(place);
  if (after.eventBridge && isSame(after.others, before.others)) return { status: 'connected', destinations };
  throw changed(place, before.others, after);
}

function changed(
  { bucket }: NotifyingBucket,
  before: readonly string[],
  after: { readonly eventBridge: boolean; readonly others: readonly string[] },
): RearviewError {
  const gone = before.filter((each) => !after.others.includes(each));
  const come = after.others.filter((each) => !before.includes(each));
  const lines = [
    `The notifications of ${bucket} are not what was written: somebody else changed them at the same moment. Compare, and mend what is missing.`,
    ...(after.eventBridge ? [] : ['  EventBridge is off: run it again']),
    ...gone.map((each) => `  was there before: ${each}`),
    ...come.map((each) => `  is there now: ${each}`),
  ];
  return new RearviewError('ERR_CONFLICT', lines);
}

/** Of a bucket of somebody else it is seldom known who may do what. */
function withAdvice({ bucket }: NotifyingBucket, error: unknown): unknown {
  const isRefused =
    error instanceof RearviewError &&
    error.cause instanceof S3ServiceException &&
    error.cause.$metadata.httpStatusCode === 403;
  if (!isRefused) return error;
  const ways = [
    'Run it with credentials of the account that owns the bucket',
    `have its owner allow s3:GetBucketNotification and s3:PutBucketNotification on arn:aws:s3:::${bucket}`,
    'or have its owner turn it on in the console of S3: the bucket, Properties, Amazon EventBridge, On',
  ];
  return new RearviewError(error.code, `${error.message} ${ways.join(', ')}.`, { cause: error });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
