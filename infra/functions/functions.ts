import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { liveAlias, previewAlias } from '../../src/targets/aws/function-names.ts';
import type { StackContext } from '../context.ts';
import type { FunctionHandles, FunctionName } from '../handles.ts';
import { asyncLimits, definitionsOf } from './definitions.ts';
import { DeployedFunction } from './deployed-function.ts';
import { environmentOf } from './environment.ts';
import { EveryMinute } from './every-minute.ts';
import { QueueMappings } from './queue-mappings.ts';
import type { SettingsParts } from './settings.ts';

export interface FunctionsParts extends SettingsParts {
  /** All handlers, as `<function>.mjs` at its root. */
  readonly code: pulumi.asset.Archive;
}

/**
 * Functions that invoke themselves on purpose. Lambda stops a chain in which one function is
 * invoked about sixteen times, by itself or by a queue it sends to. A batcher passes on a long
 * listing more often than that, and so does an analyzer with a long batch. Both end: a listing
 * does, and each invocation of a batch makes progress.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
const recursive = ['batcher', 'retro-analyzer'] as const satisfies readonly FunctionName[];

/** The functions of a stack, with their roles and triggers. */
export class Functions extends pulumi.ComponentResource {
  readonly handles: FunctionHandles;

  constructor(context: StackContext, { code, ...parts }: FunctionsParts, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:functions:Functions', 'functions', {}, opts);
    const child = { parent: this };
    const environment = environmentOf(context, parts);
    const definitions = definitionsOf(context.config);
    const deploy = (name: FunctionName) =>
      new DeployedFunction(name, context, { ...parts, code, environment, definition: definitions[name] }, child);
    const deployed = {
      'live-analyzer': deploy('live-analyzer'),
      'retro-analyzer': deploy('retro-analyzer'),
      batcher: deploy('batcher'),
      'scan-finisher': deploy('scan-finisher'),
      redrive: deploy('redrive'),
    };
    const { batcher } = deployed;

    const preview = new aws.lambda.Alias(
      `batcher-${previewAlias}`,
      {
        name: previewAlias,
        description: 'Alias for pull requests: it only starts previews',
        functionName: batcher.name,
        functionVersion: batcher.version,
      },
      child,
    );
    // The caller can repeat its request, and gets the reason for a refusal.
    new aws.lambda.FunctionEventInvokeConfig(
      `batcher-${previewAlias}`,
      { functionName: batcher.name, qualifier: preview.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      child,
    );
    for (const name of ['batcher', 'scan-finisher'] as const) {
      const { retries, maxAgeSeconds } = asyncLimits[name];
      new aws.lambda.FunctionEventInvokeConfig(
        name,
        {
          functionName: deployed[name].name,
          qualifier: liveAlias,
          maximumRetryAttempts: retries,
          maximumEventAgeInSeconds: maxAgeSeconds,
          destinationConfig: { onFailure: { destination: parts.queues.failures.arn } },
        },
        // It configures the alias.
        { ...child, dependsOn: [deployed[name]] },
      );
    }
    for (const name of recursive) {
      new aws.lambda.FunctionRecursionConfig(
        name,
        { functionName: deployed[name].name, recursiveLoop: 'Allow' },
        child,
      );
    }
    new QueueMappings(
      context,
      { queues: parts.queues, live: deployed['live-analyzer'], retro: deployed['retro-analyzer'] },
      child,
    );
    new EveryMinute(context, deployed['scan-finisher'], { ...child, dependsOn: [deployed['scan-finisher']] });

    this.handles = {
      'live-analyzer': handleOf(deployed['live-analyzer']),
      'retro-analyzer': handleOf(deployed['retro-analyzer']),
      batcher: { ...handleOf(batcher), previewAliasArn: preview.arn },
      'scan-finisher': handleOf(deployed['scan-finisher']),
      redrive: handleOf(deployed.redrive),
    };
    this.registerOutputs();
  }
}

function handleOf({ name, aliasArn, logGroupName, timeoutSeconds }: DeployedFunction) {
  return { name, aliasArn, logGroupName, timeoutSeconds };
}
