import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { liveAlias } from '../../src/targets/aws/function-names.ts';
import type { StackContext } from '../context.ts';
import type { FunctionHandle } from '../handles.ts';

/** Invokes a function every minute, by its alias. */
export class EveryMinute extends pulumi.ComponentResource {
  constructor(
    context: StackContext,
    { name, aliasArn }: Pick<FunctionHandle, 'name' | 'aliasArn'>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:functions:EveryMinute', 'every-minute', {}, opts);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      'every-minute',
      {
        name: context.names.of('every-minute'),
        description: 'Invokes the finisher of Rearview every minute',
        scheduleExpression: 'rate(1 minute)',
        tags: context.tags,
      },
      child,
    );
    const permission = new aws.lambda.Permission(
      'every-minute',
      {
        statementId: 'EveryMinute',
        action: 'lambda:InvokeFunction',
        function: name,
        qualifier: liveAlias,
        principal: 'events.amazonaws.com',
        sourceArn: rule.arn,
        sourceAccount: context.account,
      },
      child,
    );
    new aws.cloudwatch.EventTarget(
      'every-minute',
      {
        rule: rule.name,
        targetId: 'scan-finisher',
        arn: aliasArn,
        // The next minute follows by itself.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
      { ...child, dependsOn: [permission] },
    );
    this.registerOutputs();
  }
}
