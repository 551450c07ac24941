import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { FunctionHandle, QueueHandles } from '../handles.ts';

/** A message that failed comes again by itself, without those that came with it. */
const functionResponseTypes = ['ReportBatchItemFailures'];

/**
 * Feeds the analyzers. Each mapping has its own maximum: however much a retro scan has to do, it takes no more of the account's concurrency than its
 * budget, and live analysis has the rest. Previews have a budget of their own, so that they take nothing from a retro scan either.
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
        // A batch of the batcher has up to a hundred objects, and may take all the time there is.
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
        // Lambda asks a queue for messages all the time, and each request costs.
        enabled: previews.maxRunning > 0,
        tags,
      },
      child,
    );
    this.registerOutputs();
  }
}
