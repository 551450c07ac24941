import type { S3Client } from '@aws-sdk/client-s3';
import { askIfAllowed } from '../../adapters/aws/ask.ts';
import { inspectVersioning } from '../../adapters/aws/inspect/inspect-bucket.ts';
import { readNotifications } from '../../adapters/aws/notifications/bucket-notifications.ts';
import { type Connected, connectBucket } from '../../adapters/aws/notifications/connect-bucket.ts';

export { type Connected, connectBucket };

/**
 * The versioning and notifications of a bucket. A fact is null if the credentials may not read it;
 * `problems` has the reason.
 */
export async function describeBucket(client: S3Client, bucket: string) {
  const call = { what: `The bucket ${bucket}`, permission: 's3:GetBucketNotification' };
  const [versioning, notifications] = await Promise.all([
    inspectVersioning(client, bucket),
    askIfAllowed(call, () => readNotifications({ client, bucket })),
  ]);
  const known = 'known' in notifications ? notifications.known : null;
  return {
    versioning: 'known' in versioning ? versioning.known : null,
    ...{ eventBridge: known?.eventBridge ?? null, destinations: known?.destinations ?? null },
    problems: [versioning, notifications].flatMap((each) => ('unknown' in each ? [each.unknown] : [])),
  };
}
