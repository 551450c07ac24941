import { setTimeout as sleep } from 'node:timers/promises';
import { startPreview } from '../../../app/previews/preview-scans.ts';
import { createAwsClients } from '../../../targets/aws/aws-clients.ts';
import { readAwsConfig } from '../../../targets/aws/aws-config.ts';
import { type AwsTarget, openAwsTarget } from '../../../targets/aws/aws-target.ts';
import { previewRequest } from '../../local/preview-request.ts';
import { ruleFor } from '../../local/test-target.ts';
import type { Exercise } from './start-exercise.ts';

/**
 * Runs a preview of a pull request that looks for a content, reads its matches, and cancels another
 * preview.
 */
export async function exercisePreview({ pipeline }: Exercise): Promise<void> {
  const target = targetOf(pipeline);
  try {
    const rules = { now: { 'a.yar': ruleFor('Alpha', 'alpha') }, before: { 'a.yar': ruleFor('Alpha', 'al') } };
    const request = previewRequest(rules, { sample: 0.5, sha256: ['ab'.repeat(32)] });
    await target.startPreview(request);
    while ((await target.state.scans.get(request.scanId)) === null) await sleep(50);
    const { state, counts, listed } = await pipeline.ended(request.scanId);
    if (state !== 'completed' || counts.failed > 0 || counts.objects !== listed.objects || counts.matches === 0) {
      throw new Error(`The preview is ${state}: ${JSON.stringify(counts)} of ${JSON.stringify(listed)}.`);
    }
    const { entries } = await target.state.scans.ledger(request.scanId, { limit: 1000 });
    if (!entries.some(({ preview }) => (preview?.hits.length ?? 0) > 0))
      throw new Error('The preview matched nothing.');

    // A preview whose batcher died: the finisher resumes it, and reads dead letters of previews
    // meanwhile.
    const stopped = previewRequest(rules);
    const { library, buckets, previews: limits, state: kept } = pipeline.target;
    await startPreview({ scans: kept.scans, library, buckets, limits, now: Date.now }, stopped);
    await pipeline.lambda.invoke('scan-finisher', {});
    await pipeline.ended(stopped.scanId);

    const other = previewRequest(rules);
    await target.startPreview(other);
    while ((await target.state.scans.get(other.scanId)) === null) await sleep(50);
    await target.cancelPreview(other.scanId);
    await pipeline.ended(other.scanId);
  } finally {
    await target.close();
  }
}

/** The target as the role of pull requests has it. */
function targetOf({ services: { env }, lambda }: Exercise['pipeline']): AwsTarget {
  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'preview', secretAccessKey: 'test' },
    endpoints: {
      s3: env['AWS_ENDPOINT_URL_S3'] ?? '',
      sqs: env['AWS_ENDPOINT_URL_SQS'] ?? '',
      sns: env['AWS_ENDPOINT_URL_SNS'] ?? '',
      dynamo: env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
      lambda: lambda.endpoint,
    },
  });
  return openAwsTarget({ config: readAwsConfig(env), clients });
}
