import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { TopicHandles } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { tlsOnly } from '../queues/queue-policies.ts';
import { messageRetentionSeconds } from '../queues/work-queue.ts';

/**
 * The queue for messages that SNS could not deliver to subscriptions. The key must allow SNS to use
 * it (`kms:GenerateDataKey*`, `kms:Decrypt`).
 * https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
 */
export class UndeliveredQueue extends pulumi.ComponentResource {
  readonly handle: NonNullable<TopicHandles['undelivered']>;

  constructor(
    { names, tags }: StackContext,
    options: {
      readonly topicArns: readonly pulumi.Output<string>[];
      readonly stateKeyArn: pulumi.Input<string>;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:topics:UndeliveredQueue', 'undelivered', {}, opts);
    const { topicArns, stateKeyArn } = options;
    const queue = new aws.sqs.Queue(
      'undelivered-queue',
      {
        name: names.of('undelivered'),
        messageRetentionSeconds,
        kmsMasterKeyId: stateKeyArn,
        tags,
      },
      { parent: this },
    );
    const { name, url, arn } = queue;
    const policy = policyDocument([
      tlsOnly(arn),
      {
        ...{ Sid: 'TopicsOfThisStackSend', Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' } },
        ...{ Action: 'sqs:SendMessage', Resource: arn },
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ]);
    new aws.sqs.QueuePolicy('undelivered-queue-policy', { queueUrl: url, policy }, { parent: this });
    this.handle = { name, url, arn };
    this.registerOutputs();
  }
}
