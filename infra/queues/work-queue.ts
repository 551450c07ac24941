import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { QueueHandle } from '../handles.ts';

/**
 * The maximum of SQS:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const messageRetentionSeconds = 14 * 24 * 60 * 60;
/** The maximum of SQS. A receiver waits for messages instead of getting an empty response. */
export const receiveWaitTimeSeconds = 20;

export interface WorkQueueOptions {
  /** Last part of its name; that of its dead letters also has `-dead-letters`. */
  readonly part: string;
  readonly keyArn: pulumi.Input<string>;
  readonly visibilityTimeoutSeconds: number;
}

/** A queue, and its dead-letter queue. Another policy allows other senders. */
export class WorkQueue extends pulumi.ComponentResource implements QueueHandle {
  readonly name: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly deadLetterName: pulumi.Output<string>;
  readonly deadLetterUrl: pulumi.Output<string>;
  readonly deadLetterArn: pulumi.Output<string>;

  constructor(context: StackContext, options: WorkQueueOptions, opts?: pulumi.ComponentResourceOptions) {
    const { part, keyArn, visibilityTimeoutSeconds } = options;
    super('rearview:queues:WorkQueue', `${part}-work`, {}, opts);
    const { names, tags, config } = context;
    const parent = { parent: this };
    const common = { kmsMasterKeyId: keyArn, messageRetentionSeconds, receiveWaitTimeSeconds, tags };

    const deadLetters = new aws.sqs.Queue(
      `${part}-dead-letters`,
      { ...common, name: names.of(`${part}-dead-letters`) },
      parent,
    );
    const queue = new aws.sqs.Queue(
      part,
      {
        ...common,
        name: names.of(part),
        visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: config.maxReceives,
        }),
      },
      parent,
    );
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    new aws.sqs.RedriveAllowPolicy(
      `${part}-redrive-allow`,
      {
        queueUrl: deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] }),
      },
      parent,
    );
    this.name = queue.name;
    this.url = queue.url;
    this.arn = queue.arn;
    this.deadLetterName = deadLetters.name;
    this.deadLetterUrl = deadLetters.url;
    this.deadLetterArn = deadLetters.arn;
    this.registerOutputs({ url: this.url, deadLetterUrl: this.deadLetterUrl });
  }
}
