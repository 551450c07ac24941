import * as pulumi from '@pulumi/pulumi';
import type { AwsSettingName } from '../../src/targets/aws/aws-settings.ts';
import { liveAlias } from '../../src/targets/aws/function-names.ts';
import type { InfraConfig } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import type { BucketHandle, QueueHandles, StorageHandles, TopicHandles } from '../handles.ts';

export interface SettingsParts {
  readonly storage: StorageHandles;
  readonly queues: QueueHandles;
  readonly topics: TopicHandles;
}

/**
 * Every setting of the AWS target in this stack, by its name in `awsSettings`, without those that
 * are not configured.
 */
export type StackSettings = Readonly<Partial<Record<AwsSettingName, pulumi.Input<string>>>>;

/**
 * The settings for functions and the command line: environment variables of the former, outputs for
 * the latter.
 */
export function settingsOf({ config, names }: StackContext, { storage, queues, topics }: SettingsParts): StackSettings {
  const { tables, corpus, existing, artifacts, quarantine, signingKey } = storage;
  const { severities } = config.quarantine;
  return {
    corpusBuckets: pulumi
      .all([corpus.name, ...existing.map(({ name, prefix }) => nameWithin(name, prefix))])
      .apply((all) => all.join(',')),
    artifactsBucket: artifacts.name,
    objectsTable: tables.objects.name,
    scansTable: tables.scans.name,
    matchesTable: tables.matches.name,
    liveQueueUrl: queues.live.url,
    liveDeadLetterUrl: queues.live.deadLetterUrl,
    retroQueueUrl: queues.retro.url,
    retroDeadLetterUrl: queues.retro.deadLetterUrl,
    previewQueueUrl: queues.preview.url,
    previewDeadLetterUrl: queues.preview.deadLetterUrl,
    alertTopicArn: topics.alertsArn,
    operationsTopicArn: topics.operationsArn,
    // A plain string, so that the batcher can know its own name before it is created.
    batcherFunction: `${names.of('batcher')}:${liveAlias}`,
    // The stack's bucket does. S3 also lists the objects of a bucket without versions as versions.
    versioned: 'true',
    maxObjectBytes: String(config.maxObjectBytes),
    largeFiles: config.largeFiles,
    unpack: JSON.stringify(config.unpack),
    deadlineMs: String(config.deadlineMs),
    maxReceives: String(config.maxReceives),
    alertFormat: config.alertFormat,
    tagObjects: String(config.tagObjects),
    ...(topics.cleanArn === null ? {} : { cleanTopicArn: topics.cleanArn }),
    ...(severities.length === 0 ? {} : { quarantineSeverities: severities.join(',') }),
    ...(severities.length === 0 || quarantine === null ? {} : { quarantineBucket: quarantine.name }),
    previews: previewLimits(config.previews, corpus),
    rulesetPublicKey: signingKey.publicKey,
    rulesetSigningKeyArn: signingKey.arn,
  };
}

/** The format that src/targets/preview-limits.ts parses. */
function previewLimits(
  { allowed, maxConcurrency: _, ...limits }: InfraConfig['previews'],
  corpus: BucketHandle,
): pulumi.Output<string> {
  const within = allowed?.map(({ bucket, prefix }) => ({ bucket: bucket ?? corpus.name, prefix })) ?? null;
  return pulumi.jsonStringify({ ...limits, within });
}

function nameWithin(name: pulumi.Output<string>, prefix: string): pulumi.Output<string> {
  return prefix === '' ? name : pulumi.interpolate`${name}/${prefix}`;
}
