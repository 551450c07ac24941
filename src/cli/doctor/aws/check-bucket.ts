import type { S3Client } from '@aws-sdk/client-s3';
import { type BucketFacts, inspectBucket, inspectWriting } from '../../../adapters/aws/inspect/inspect-bucket.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { AwsConfig } from '../../../targets/aws/aws-config.ts';
import { awsSettings } from '../../../targets/aws/aws-settings.ts';
import type { CorpusBucket } from '../../../targets/aws/corpus-buckets.ts';
import { attempt, type CheckResult, fail, ok, warn } from '../check-result.ts';
import { checkArrivals } from './check-arrivals.ts';

/**
 * Checks that a corpus bucket can be listed, has the configured versioning, and sends its events.
 * If it cannot be listed, the other checks are left out.
 */
export async function checkCorpusBucket(
  client: S3Client,
  bucket: CorpusBucket,
  config: Pick<AwsConfig, 'corpusBuckets' | 'versioned' | 'liveQueueUrl'>,
): Promise<readonly CheckResult[]> {
  const check = `corpus ${bucket.name}`;
  const isFirst = config.corpusBuckets[0]?.name === bucket.name;
  let facts: BucketFacts;
  try {
    facts = await inspectBucket(client, bucket, { versions: config.versioned });
  } catch (error) {
    return [fail(check, messageOf(error))];
  }
  const versioning = checkVersioning(check, facts, { versioned: config.versioned, isFirst });
  const liveQueueUrl = isFirst ? config.liveQueueUrl : null;
  return [versioning, await checkArrivals({ client, bucket: bucket.name }, liveQueueUrl)];
}

function checkVersioning(
  check: string,
  { versioning }: BucketFacts,
  { versioned, isFirst }: { readonly versioned: boolean; readonly isFirst: boolean },
): CheckResult {
  if ('unknown' in versioning) {
    return warn(check, `can be listed; whether it keeps versions is not known: ${versioning.unknown}`);
  }
  const isEnabled = versioning.known === 'Enabled';
  if (isEnabled === versioned) return ok(check, `can be listed, ${versioned ? 'keeps versions' : 'keeps no versions'}`);
  if (isEnabled) {
    return fail(
      check,
      `keeps versions, and earlier ones are not scanned again when rules change: set ${awsSettings.versioned} to true.`,
    );
  }
  const kept = `keeps no versions (versioning: ${versioning.known}), so what is overwritten before it is scanned is lost`;
  // The owner configures an existing bucket. Its objects are distinguished by their ETags.
  if (!isFirst) return ok(check, `can be listed; ${kept}`);
  return fail(check, `${kept}: turn versioning on, or set ${awsSettings.versioned} to false.`);
}

/** The bucket of rulesets and of alerts that are too large for a message. */
export function checkArtifactsBucket(client: S3Client, bucket: string): Promise<CheckResult> {
  const check = `artifacts ${bucket}`;
  return attempt(check, async () => {
    await inspectBucket(client, { name: bucket }, { versions: false });
    const writing = await inspectWriting(client, bucket, 'alerts/doctor');
    if ('known' in writing) return ok(check, 'can be listed and written');
    return warn(
      check,
      `can be listed; publishing and large alerts fail where it cannot be written: ${writing.unknown}`,
    );
  });
}
