import { S3ServiceException } from '@aws-sdk/client-s3';
import { RearviewError } from '../../../domain/errors.ts';
import { type NotifyingBucket, readNotifications, writeNotifications } from './bucket-notifications.ts';
import { type Destination, withEventBridge } from './notification-configuration.ts';

/**
 * `connected`: EventBridge was turned on. `would_connect`: it is off, and was left off. `already`:
 * it was on.
 */
export type ConnectStatus = 'connected' | 'would_connect' | 'already';

export interface Connected {
  readonly status: ConnectStatus;
  /** The bucket's other notifications, which are unchanged. */
  readonly destinations: readonly Destination[];
}

/**
 * Makes a bucket also send its events to EventBridge, and preserves its other notifications.
 * Repeating it changes nothing. It takes effect after about five minutes:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
 *
 * S3 replaces all notifications of a bucket at once and supports no condition. So they are read
 * again right before the write, and after it. This detects simultaneous changes, except within the
 * milliseconds between read and write.
 *
 * @param options.dryRun writes nothing. Default: false
 * @throws RearviewError
 *   `ERR_CONFLICT` if another process changes them at the same time, with the result; otherwise as
 *   `readNotifications` and `writeNotifications`
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
    const text = `Another process is changing the notifications of ${place.bucket}, so nothing was written`;
    throw new RearviewError('ERR_CONFLICT', `${text}: run this again after it has finished.`);
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
    `The notifications of ${bucket} are not what was written: another process changed them at the same time. Compare them, and restore what is missing.`,
    ...(after.eventBridge ? [] : ['  EventBridge is off: run it again']),
    ...gone.map((each) => `  was there before: ${each}`),
    ...come.map((each) => `  is there now: ${each}`),
  ];
  return new RearviewError('ERR_CONFLICT', lines);
}

/** Whether the permissions on another owner's bucket are sufficient is seldom known. */
function withAdvice({ bucket }: NotifyingBucket, error: unknown): unknown {
  const isRefused =
    error instanceof RearviewError &&
    error.cause instanceof S3ServiceException &&
    error.cause.$metadata.httpStatusCode === 403;
  if (!isRefused) return error;
  const ways = [
    'Run it with credentials of the account that owns the bucket',
    `have its owner allow s3:GetBucketNotification and s3:PutBucketNotification on arn:aws:s3:::${bucket}`,
    'or have its owner turn it on in the S3 console: the bucket, Properties, Amazon EventBridge, On',
  ];
  return new RearviewError(error.code, `${error.message} ${ways.join(', ')}.`, { cause: error });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
