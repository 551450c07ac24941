import type { S3Client } from '@aws-sdk/client-s3';
import { inspectBucket } from '../../../adapters/aws/inspect/inspect-bucket.ts';
import { awsSettings } from '../../../homes/aws-settings.ts';
import { attempt, type Finding, fail, ok, warn } from '../finding.ts';

/** A bucket of the corpus: it can be listed, and keeps versions or not as the settings say. */
export function checkCorpusBucket(client: S3Client, bucket: string, versioned: boolean): Promise<Finding> {
  const check = `corpus ${bucket}`;
  return attempt(check, async () => {
    const { versioning } = await inspectBucket(client, bucket, { versions: versioned });
    if ('unknown' in versioning) {
      return warn(check, `can be listed; whether it keeps versions is not known: ${versioning.unknown}`);
    }
    const isEnabled = versioning.known === 'Enabled';
    if (isEnabled === versioned)
      return ok(check, `can be listed, ${versioned ? 'keeps versions' : 'keeps no versions'}`);
    return fail(
      check,
      versioned
        ? `keeps no versions (versioning: ${versioning.known}), so what is overwritten before it is scanned is lost: turn versioning on, or set ${awsSettings.versioned} to false.`
        : `keeps versions, and earlier ones are not scanned again when rules change: set ${awsSettings.versioned} to true.`,
    );
  });
}

/** The bucket of rulesets and of alerts that are too large for a message. */
export function checkArtifactsBucket(client: S3Client, bucket: string): Promise<Finding> {
  const check = `artifacts ${bucket}`;
  return attempt(check, async () => {
    await inspectBucket(client, bucket, { versions: false });
    return ok(check, 'can be listed');
  });
}
