import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { Statement, TopicHandles } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { Subscriptions } from './subscriptions.ts';
import { tlsOnly, watchersPublish } from './topic-policy.ts';

/**
 * The topics: alerts, notices of clean files if configured, and messages for operators (alarms,
 * costs). All are encrypted with the state key, whose policy must allow CloudWatch and Budgets to
 * use it (`kms:GenerateDataKey*`, `kms:Decrypt`).
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class Topics extends pulumi.ComponentResource implements TopicHandles {
  readonly alertsArn: pulumi.Output<string>;
  readonly cleanArn: pulumi.Output<string> | null;
  readonly operationsArn: pulumi.Output<string>;
  readonly undelivered: TopicHandles['undelivered'];

  constructor(
    context: StackContext,
    { stateKeyArn }: { readonly stateKeyArn: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:topics:Topics', 'topics', {}, opts);
    const { config, names, tags } = context;
    const topic = (part: string, statements: (arn: pulumi.Output<string>) => readonly Statement[] = () => []) => {
      const { arn } = new aws.sns.Topic(
        `${part}-topic`,
        { name: names.of(part), kmsMasterKeyId: stateKeyArn, tags },
        { parent: this },
      );
      const policy = policyDocument([tlsOnly(arn), ...statements(arn)]);
      new aws.sns.TopicPolicy(`${part}-topic-policy`, { arn, policy }, { parent: this });
      return arn;
    };

    this.alertsArn = topic('alerts');
    this.cleanArn = config.cleanNotices ? topic('clean') : null;
    this.operationsArn = topic('operations', (arn) => watchersPublish(context, arn));
    const { undelivered } = new Subscriptions(
      context,
      { topicArns: { alerts: this.alertsArn, clean: this.cleanArn, operations: this.operationsArn }, stateKeyArn },
      { parent: this },
    );
    this.undelivered = undelivered;
    this.registerOutputs();
  }
}
