import { messageOf } from '../../domain/errors.ts';
import { type AwsTarget, openAwsTarget } from '../../targets/aws/aws-target.ts';
import { createStsClient } from '../../targets/aws/sts-client.ts';
import type { GlobalOptions } from '../context.ts';
import { checkArtifactsBucket, checkCorpusBucket } from './aws/check-bucket.ts';
import { checkCredentials } from './aws/check-credentials.ts';
import { checkBatcher, checkConcurrency } from './aws/check-functions.ts';
import { checkQueueSetup } from './aws/check-queue-setup.ts';
import { checkRetroProgress } from './aws/check-retro-progress.ts';
import { checkSettings } from './aws/check-settings.ts';
import { checkTable } from './aws/check-table.ts';
import { checkTopic } from './aws/check-topic.ts';
import { checkOwedAlerts } from './check-owed-alerts.ts';
import { checkQueues } from './check-queues.ts';
import { type CheckResult, fail } from './check-result.ts';
import { checkRuleset } from './check-ruleset.ts';

/** Checks of the pipeline in AWS. */
export async function checkAws(globals: GlobalOptions): Promise<readonly CheckResult[]> {
  const { config, results: settings } = await checkSettings(globals);
  const sts = createStsClient(config?.region);
  try {
    const credentials = await checkCredentials(sts);
    const before = [...settings, credentials];
    if (config === null || credentials.status === 'fail') return before;
    const target = openAwsTarget({ config });
    try {
      return [...before, ...(await checkAwsTarget(target))];
    } finally {
      await target.close();
    }
  } finally {
    sts.destroy();
  }
}

/** Each part of the target in AWS. What fails keeps none of the others from being checked. */
export async function checkAwsTarget(target: AwsTarget, nowMs: number = Date.now()): Promise<readonly CheckResult[]> {
  const { config, clients } = target;
  const { maxReceives } = config;
  const live = {
    name: 'live',
    url: config.liveQueueUrl,
    deadLetterUrl: config.liveDeadLetterUrl,
    maxReceives,
  } as const;
  const retro = {
    name: 'retro',
    url: config.retroQueueUrl,
    deadLetterUrl: config.retroDeadLetterUrl,
    maxReceives,
  } as const;
  const preview = {
    name: 'preview',
    url: config.previewQueueUrl,
    deadLetterUrl: config.previewDeadLetterUrl,
    maxReceives,
  } as const;
  const checks: readonly Promise<CheckResult | readonly CheckResult[]>[] = [
    ...config.corpusBuckets.map((bucket) => checkCorpusBucket(clients.s3, bucket, config)),
    checkArtifactsBucket(clients.s3, config.artifactsBucket),
    checkTable(clients.dynamo, config.objectsTable, 'objects'),
    checkTable(clients.dynamo, config.scansTable, 'scans'),
    checkTable(clients.dynamo, config.matchesTable, 'matches'),
    checkQueueSetup(clients, live),
    checkQueueSetup(clients, retro),
    // Without previews, its messages have no consumer.
    ...(config.previews.maxRunning === 0 ? [] : [checkQueueSetup(clients, preview)]),
    checkQueues(target).catch((error: unknown) => fail('queues', messageOf(error))),
    checkTopic(clients.sns, config.alertTopicArn),
    checkOwedAlerts(target, nowMs),
    checkBatcher(clients.lambda, config.batcherFunction),
    checkConcurrency(clients.lambda),
    checkRuleset(target),
    checkRetroProgress(target, nowMs),
  ];
  return (await Promise.all(checks)).flat();
}
