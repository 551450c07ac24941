import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { QueueHandle, QueueHandles } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { tlsOnly } from './queue-policies.ts';
import { visibilityTimeoutOf } from './visibility-timeout.ts';
import { messageRetentionSeconds, receiveWaitTimeSeconds, WorkQueue } from './work-queue.ts';

/**
 * The queues of the stack: for arrivals, for batches of retro scans and of previews, and for failed
 * asynchronous invocations. A queue has one policy: that of the live queue and its dead letters is
 * made by `Arrivals`, which knows their senders.
 */
export class WorkQueues extends pulumi.ComponentResource implements QueueHandles {
  readonly live: QueueHandle;
  readonly retro: QueueHandle;
  readonly preview: QueueHandle;
  readonly failures: QueueHandles['failures'];

  constructor(
    context: StackContext,
    { stateKeyArn: keyArn }: { readonly stateKeyArn: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:queues:WorkQueues', 'queues', {}, opts);
    const parent = { parent: this };
    const { live, retro } = context.config;

    this.live = new WorkQueue(
      context,
      { part: 'live', keyArn, visibilityTimeoutSeconds: visibilityTimeoutOf(live) },
      parent,
    );
    this.retro = new WorkQueue(
      context,
      { part: 'retro', keyArn, visibilityTimeoutSeconds: visibilityTimeoutOf(retro) },
      parent,
    );
    // The same function reads both, each from a separate queue: a retro scan does not wait behind a
    // preview.
    this.preview = new WorkQueue(
      context,
      { part: 'preview', keyArn, visibilityTimeoutSeconds: visibilityTimeoutOf(retro) },
      parent,
    );
    this.failures = new aws.sqs.Queue(
      'failures',
      {
        name: context.names.of('failures'),
        ...{ kmsMasterKeyId: keyArn, messageRetentionSeconds, receiveWaitTimeSeconds, tags: context.tags },
      },
      parent,
    );
    const lock = (part: string, { url, arn }: Pick<QueueHandles['failures'], 'url' | 'arn'>) =>
      new aws.sqs.QueuePolicy(`${part}-policy`, { queueUrl: url, policy: policyDocument([tlsOnly(arn)]) }, parent);
    lock('retro', this.retro);
    lock('retro-dead-letters', { url: this.retro.deadLetterUrl, arn: this.retro.deadLetterArn });
    lock('preview', this.preview);
    lock('preview-dead-letters', { url: this.preview.deadLetterUrl, arn: this.preview.deadLetterArn });
    lock('failures', this.failures);
    this.registerOutputs({});
  }
}
