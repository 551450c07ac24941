import type * as aws from '@pulumi/aws';
import type { InfraConfig } from '../config/schema.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** Parts of an incomplete upload cost as much as objects, and no listing shows them. */
const incompleteUploadDays = 7;

/** An id describes the rule; a rule without prefix applies to the whole bucket. */
function rule(id: string, prefix: string, action: Omit<LifecycleRule, 'id' | 'status' | 'filter'>): LifecycleRule {
  return { id, status: 'Enabled', filter: { prefix }, ...action };
}

/**
 * Rules of every bucket: remove parts of abandoned uploads, and delete markers with nothing below
 * them.
 */
export const tidyRules: readonly LifecycleRule[] = [
  rule('abort-incomplete-uploads', '', {
    abortIncompleteMultipartUpload: { daysAfterInitiation: incompleteUploadDays },
  }),
  // S3 does not allow it in a rule that has an age, or aborts uploads.
  rule('remove-expired-delete-markers', '', { expiration: { expiredObjectDeleteMarker: true } }),
];

/**
 * Rules of the corpus, as configured: by default files are kept forever, in their original storage
 * class.
 */
export function corpusRules({
  expireDays,
  expireOldVersionsDays,
  intelligentTieringDays,
}: InfraConfig['corpus']): readonly LifecycleRule[] {
  const storageClass = 'INTELLIGENT_TIERING';
  // S3 refuses a change of class on the day of expiry, or later.
  const isTiered = intelligentTieringDays !== null && (expireDays === null || intelligentTieringDays < expireDays);
  return [
    ...tidyRules,
    ...(expireDays === null ? [] : [rule('expire', '', { expiration: { days: expireDays } })]),
    ...(expireOldVersionsDays === null ? [] : [expireOldVersions('', expireOldVersionsDays)]),
    ...(isTiered ? [rule('tier', '', { transitions: [{ days: intelligentTieringDays, storageClass }] })] : []),
  ];
}

/** Objects with that prefix expire after this many days. */
export function expireAfter(prefix: string, days: number): LifecycleRule {
  return rule(`expire-${nameOf(prefix)}`, prefix, { expiration: { days } });
}

/** Overwritten and deleted versions expire this many days later. */
export function expireOldVersions(prefix: string, days: number): LifecycleRule {
  return rule(`expire-old-versions-of-${nameOf(prefix)}`, prefix, {
    noncurrentVersionExpiration: { noncurrentDays: days },
  });
}

function nameOf(prefix: string): string {
  return prefix === '' ? 'all' : prefix.replaceAll(/[^a-z]/g, '');
}
