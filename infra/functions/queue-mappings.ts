import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { FunctionHandle, QueueHandles } from '../handles.ts';

/** Only a failed message is delivered again, not the others of its batch. */
const functionResponseTypes = ['ReportBatchItemFailures'];

/**
 * Connects the queues to the analyzers. Each mapping has a maximum: a retro scan never uses more of
 * the account's concurrency than its budget, and live analysis has the rest. Previews have a
 * separate budget, so that they take nothing from a retro scan.
 */
export class QueueMappings extends pulumi.ComponentResource {
  constructor(
    context: StackContext,
    parts: { readonly queues: QueueHandles; readonly live: FunctionHandle; readonly retro: FunctionHandle },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:functions:QueueMappings', 'queue-mappings', {}, opts);
    const { config, tags } = context;
    const child = { parent: this };
    const { batchSize, batchWindowSeconds, maxConcurrency } = config.live;
    new aws.lambda.EventSourceMapping(
      'live',
      {
        eventSourceArn: parts.queues.live.arn,
        functionName: parts.live.aliasArn,
        batchSize,
        maximumBatchingWindowInSeconds: batchWindowSeconds,
        scalingConfig: { maximumConcurrency: maxConcurrency },
        functionResponseTypes,
        tags,
      },
      child,
    );
    new aws.lambda.EventSourceMapping(
      'retro',
      {
        eventSourceArn: parts.queues.retro.arn,
        functionName: parts.retro.aliasArn,
        // A batch of the batcher has up to a hundred objects, and may use the whole time.
        batchSize: 1,
        scalingConfig: { maximumConcurrency: config.retro.maxConcurrency },
        functionResponseTypes,
        tags,
      },
      child,
    );
    const { previews } = config;
    new aws.lambda.EventSourceMapping(
      'preview',
      {
        eventSourceArn: parts.queues.preview.arn,
        functionName: parts.retro.aliasArn,
        batchSize: 1,
        scalingConfig: { maximumConcurrency: previews.maxConcurrency },
        functionResponseTypes,
        // Lambda polls a queue all the time, and each request costs money.
        enabled: previews.maxRunning > 0,
        tags,
      },
      child,
    );
    this.registerOutputs();
  }
}
