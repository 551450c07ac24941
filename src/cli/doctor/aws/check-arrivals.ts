import { askIfAllowed } from '../../../adapters/aws/ask.ts';
import { type NotifyingBucket, readNotifications } from '../../../adapters/aws/notifications/bucket-notifications.ts';
import type {
  Destination,
  NotificationConfiguration,
} from '../../../adapters/aws/notifications/notification-configuration.ts';
import { attempt, type CheckResult, fail, ok, warn } from '../check-result.ts';

const allCreated = 's3:ObjectCreated:*';

/**
 * The live queue or EventBridge receives the events of new objects in a bucket.
 * @param liveQueueUrl null for a bucket outside the stack, which has its own notifications and also
 * EventBridge
 */
export function checkArrivals(place: NotifyingBucket, liveQueueUrl: string | null): Promise<CheckResult> {
  const check = `arrivals ${place.bucket}`;
  return attempt(check, async () => {
    const call = { what: `The bucket ${place.bucket}`, permission: 's3:GetBucketNotification' };
    const found = await askIfAllowed(call, () => readNotifications(place));
    if ('unknown' in found) return warn(check, `the receiver of its events is not known: ${found.unknown}`);
    if (found.known.eventBridge) return ok(check, 'EventBridge receives the events of new objects');
    if (liveQueueUrl !== null) return checkLiveQueue(check, found.known, liveQueueUrl);
    return fail(
      check,
      `EventBridge is off, so new objects are not scanned before the next retro scan: run "rearview buckets connect ${place.bucket}", which keeps its other notifications.`,
    );
  });
}

function checkLiveQueue(check: string, { destinations }: NotificationConfiguration, liveQueueUrl: string): CheckResult {
  const arrivals = destinations.filter(({ events }) => events.some((each) => each.startsWith('s3:ObjectCreated:')));
  const toQueue = arrivals.filter(({ kind, arn }) => kind === 'queue' && isQueue(arn, liveQueueUrl));
  if (toQueue.some(isWhole)) return ok(check, 'the live queue receives the events of new objects');
  const [part] = toQueue;
  if (part !== undefined)
    return warn(check, `the live queue receives only some events of new objects: ${describe(part)}.`);
  const topic = arrivals.find(({ kind }) => kind === 'topic');
  if (topic !== undefined) {
    return warn(
      check,
      `${topic.arn} receives the events of new objects; whether the live queue is subscribed to it is not known.`,
    );
  }
  const others = arrivals.map(({ arn }) => arn).join(', ');
  return fail(
    check,
    `the live queue (${liveQueueUrl}) receives no events of new objects${others === '' ? '' : `, ${others} does`}: send ${allCreated} to it, or turn on EventBridge and send "Object Created" there.`,
  );
}

function isWhole({ events, prefix, suffix }: Destination): boolean {
  return events.includes(allCreated) && prefix === '' && suffix === '';
}

function describe({ events, prefix, suffix }: Destination): string {
  const where = [
    ...(prefix === '' ? [] : [`keys that begin with "${prefix}"`]),
    ...(suffix === '' ? [] : [`keys that end with "${suffix}"`]),
  ];
  return [events.join(', '), ...where].join(', ');
}

/**
 * The URL has the account and name of the ARN. Reading the ARN from the queue needs another
 * permission.
 */
function isQueue(arn: string, url: string): boolean {
  const [account = '', name = ''] = new URL(url).pathname.split('/').slice(-2);
  return arn.split(':').slice(-2).join(':') === `${account}:${name}`;
}
