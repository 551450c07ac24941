import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ExistingBucket } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import type { QueueHandle, QueueHandles, Statement, StorageHandles } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { ownerOf } from '../storage/existing-buckets.ts';
import { arrivalPattern } from './arrival-pattern.ts';
import { ArrivalsBus } from './arrivals-bus.ts';
import { arrivalsFromBucket, eventsFromRules, tlsOnly } from './queue-policies.ts';

/**
 * EventBridge's own limit, made explicit: a day.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

export interface ArrivalsOptions {
  readonly storage: Pick<StorageHandles, 'corpus'>;
  readonly queues: Pick<QueueHandles, 'live'>;
}

/**
 * Notifies the live queue of arrivals: from S3 itself in the corpus bucket, from EventBridge in
 * existing buckets. The latter keep their notifications, because S3 has one such configuration per
 * bucket, and writing it replaces all of it.
 *
 * Events that EventBridge cannot deliver go unchanged to the dead letters of the live queue. There
 * they count as failed, and a redrive moves them to the live queue.
 */
export class Arrivals extends pulumi.ComponentResource {
  constructor(context: StackContext, { storage, queues }: ArrivalsOptions, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:queues:Arrivals', 'arrivals', {}, opts);
    const { live } = queues;
    const rules = this.#createRules(context);
    const ruleArns = rules.map(({ arn }) => arn);

    const policy = this.#lock('live', live, [
      arrivalsFromBucket(live.arn, { bucketArn: storage.corpus.arn, account: context.account }),
      ...eventsFromRules(live.arn, ruleArns),
    ]);
    const deadLetters = { url: live.deadLetterUrl, arn: live.deadLetterArn };
    const deadLetterPolicy = this.#lock('live-dead-letters', deadLetters, eventsFromRules(deadLetters.arn, ruleArns));

    new aws.s3.BucketNotification(
      'corpus-arrivals',
      {
        bucket: storage.corpus.name,
        queues: [{ queueArn: live.arn, events: ['s3:ObjectCreated:*', 's3:ObjectRestore:Completed'] }],
      },
      // S3 sends a test message to the queue, and fails without permission.
      { parent: this, dependsOn: [policy] },
    );
    for (const { part, name, eventBusName } of rules) {
      new aws.cloudwatch.EventTarget(
        `${part}-target`,
        {
          rule: name,
          ...(eventBusName === undefined ? {} : { eventBusName }),
          targetId: 'live',
          arn: live.arn,
          retryPolicy,
          deadLetterConfig: { arn: live.deadLetterArn },
        },
        { parent: this, dependsOn: [policy, deadLetterPolicy] },
      );
    }
    this.registerOutputs({});
  }

  /**
   * One rule for each existing bucket: on the default bus for buckets of this account, on the bus
   * of the stack for those of others.
   */
  #createRules(context: StackContext): readonly ArrivalRule[] {
    const buckets = context.config.existingBuckets.map((bucket) => ({ ...bucket, account: ownerOf(bucket, context) }));
    const others = [...new Set(buckets.map(({ account }) => account))].filter((each) => each !== context.account);
    const bus = others.length === 0 ? null : new ArrivalsBus(context, { accounts: others.sort() }, { parent: this });
    return buckets.map((bucket) => {
      const part = rulePart(bucket);
      const isForeign = bucket.account !== context.account;
      const eventBusName = isForeign ? bus?.name : undefined;
      const { name, arn } = new aws.cloudwatch.EventRule(
        part,
        {
          name: context.names.of(part),
          description: `Arrivals in ${bucket.name}${bucket.prefix === '' ? '' : ` below ${bucket.prefix}`}`,
          ...(eventBusName === undefined ? {} : { eventBusName }),
          eventPattern: JSON.stringify(arrivalPattern(bucket)),
          tags: context.tags,
        },
        { parent: this },
      );
      return { part, name, arn, eventBusName };
    });
  }

  #lock(
    part: string,
    { url, arn }: Pick<QueueHandle, 'url' | 'arn'>,
    statements: readonly Statement[],
  ): aws.sqs.QueuePolicy {
    const policy = policyDocument([tlsOnly(arn), ...statements]);
    return new aws.sqs.QueuePolicy(`${part}-policy`, { queueUrl: url, policy }, { parent: this });
  }
}

interface ArrivalRule {
  /** Last part of its name. */
  readonly part: string;
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Undefined: the default bus. */
  readonly eventBusName: pulumi.Output<string> | undefined;
}

/**
 * A bucket name may be longer than a rule name, and the position in the configuration is not
 * stable.
 */
function rulePart({ name }: Pick<ExistingBucket, 'name'>): string {
  return `arrivals-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}
