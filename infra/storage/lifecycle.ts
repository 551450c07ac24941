import type * as aws from '@pulumi/aws';
import type { InfraConfig } from '../config/schema.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** Parts of an upload that nobody completed cost as much as objects, and no listing shows them. */
const incompleteUploadDays = 7;

/** An id says what the rule does; a rule without prefix is for the whole bucket. */
function rule(id: string, prefix: string, action: Omit<LifecycleRule, 'id' | 'status' | 'filter'>): LifecycleRule {
  return { id, status: 'Enabled', filter: { prefix }, ...action };
}

/** What every bucket does: no parts of uploads that were left behind, and no delete markers with nothing below them. */
export const tidyRules: readonly LifecycleRule[] = [
  rule('abort-incomplete-uploads', '', {
    abortIncompleteMultipartUpload: { daysAfterInitiation: incompleteUploadDays },
  }),
  // S3 takes it in no rule that has an age, or aborts uploads.
  rule('remove-expired-delete-markers', '', { expiration: { expiredObjectDeleteMarker: true } }),
];

/** Of the corpus, as configured: by default files are kept for ever, in the storage class that they came in. */
export function corpusRules({
  expireDays,
  expireOldVersionsDays,
  intelligentTieringDays,
}: InfraConfig['corpus']): readonly LifecycleRule[] {
  const storageClass = 'INTELLIGENT_TIERING';
  // S3 refuses a change of class on the day that the file goes, or later.
  const isTiered = intelligentTieringDays !== null && (expireDays === null || intelligentTieringDays < expireDays);
  return [
    ...tidyRules,
    ...(expireDays === null ? [] : [rule('expire', '', { expiration: { days: expireDays } })]),
    ...(expireOldVersionsDays === null ? [] : [expireOldVersions('', expireOldVersionsDays)]),
    ...(isTiered ? [rule('tier', '', { transitions: [{ days: intelligentTieringDays, storageClass }] })] : []),
  ];
}

/** Every object of that prefix goes after so many days. */
export function expireAfter(prefix: string, days: number): LifecycleRule {
  return rule(`expire-${nameOf(prefix)}`, prefix, { expiration: { days } });
}

/** What was overwritten or deleted goes so many days later. */
export function expireOldVersions(prefix: string, days: number): LifecycleRule {
  return rule(`expire-old-versions-of-${nameOf(prefix)}`, prefix, {
    noncurrentVersionExpiration: { noncurrentDays: days },
  });
}

function nameOf(prefix: string): string {
  return prefix === '' ? 'all' : prefix.replaceAll(/[^a-z]/g, '');
}
