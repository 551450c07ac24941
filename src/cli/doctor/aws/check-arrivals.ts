import { askIfAllowed } from '../../../adapters/aws/ask.ts';
import { type NotifyingBucket, readNotifications } from '../../../adapters/aws/notifications/bucket-notifications.ts';
import type {
  Destination,
  NotificationConfiguration,
} from '../../../adapters/aws/notifications/notification-configuration.ts';
import { attempt, type Finding, fail, ok, warn } from '../finding.ts';

const allCreated = 's3:ObjectCreated:*';

/**
 * Somebody hears of what arrives in a bucket: the live queue, or EventBridge.
 * @param liveQueueUrl null for a bucket that is not ours: it has notifications of its own, and EventBridge beside them
 */
export function checkArrivals(place: NotifyingBucket, liveQueueUrl: string | null): Promise<Finding> {
  const check = `arrivals ${place.bucket}`;
  return attempt(check, async () => {
    const call = { what: `The bucket ${place.bucket}`, permission: 's3:GetBucketNotification' };
    const found = await askIfAllowed(call, () => readNotifications(place));
    if ('unknown' in found) return warn(check, `whether anybody hears of what arrives is not known: ${found.unknown}`);
    if (found.known.eventBridge) return ok(check, 'EventBridge hears of what arrives');
    if (liveQueueUrl !== null) return judgeOwn(check, found.known, liveQueueUrl);
    return fail(
      check,
      `EventBridge is off, so what arrives is not scanned before the next retro scan: run "rearview buckets connect ${place.bucket}", which leaves its other notifications as they are.`,
    );
  });
}

function judgeOwn(check: string, { destinations }: NotificationConfiguration, liveQueueUrl: string): Finding {
  const arrivals = destinations.filter(({ events }) => events.some((each) => each.startsWith('s3:ObjectCreated:')));
  const toQueue = arrivals.filter(({ kind, arn }) => kind === 'queue' && isQueue(arn, liveQueueUrl));
  if (toQueue.some(isWhole)) return ok(check, 'the live queue hears of what arrives');
  const [part] = toQueue;
  if (part !== undefined) return warn(check, `the live queue hears of a part of what arrives: ${describe(part)}.`);
  const topic = arrivals.find(({ kind }) => kind === 'topic');
  if (topic !== undefined) {
    return warn(check, `${topic.arn} hears of what arrives; whether the live queue is subscribed to it is not known.`);
  }
  const others = arrivals.map(({ arn }) => arn).join(', ');
  return fail(
    check,
    `nobody tells the live queue (${liveQueueUrl}) of what arrives${others === '' ? '' : `, which ${others} hears of`}: send ${allCreated} to it, or turn on EventBridge and send "Object Created" there.`,
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

/** The URL has account and name as the ARN has them: to ask the queue for its ARN takes a permission more. */
function isQueue(arn: string, url: string): boolean {
  const [account = '', name = ''] = new URL(url).pathname.split('/').slice(-2);
  return arn.split(':').slice(-2).join(':') === `${account}:${name}`;
}
