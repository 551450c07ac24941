import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Subscription } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import type { TopicHandles } from '../handles.ts';
import { filterPolicy } from './filter-policy.ts';
import { readFunctionArn } from './function-arn.ts';
import { UndeliveredQueue } from './undelivered-queue.ts';

/** Email has no receiver that could refuse it in time. */
const withDeadLetters: ReadonlySet<Subscription['protocol']> = new Set(['https', 'sqs', 'lambda']);

/**
 * The configured subscriptions. One by email or HTTPS delivers once its receiver has confirmed it.
 * A queue must allow the topic to send, and a function of another account must allow it to invoke:
 * the stack cannot change their policies.
 */
export class Subscriptions extends pulumi.ComponentResource {
  readonly undelivered: TopicHandles['undelivered'];

  constructor(
    context: StackContext,
    options: {
      /** Null if there is no such topic: the configuration has no subscription to it. */
      readonly topicArns: Readonly<Record<Subscription['topic'], pulumi.Output<string> | null>>;
      readonly stateKeyArn: pulumi.Input<string>;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:topics:Subscriptions', 'subscriptions', {}, opts);
    const { subscriptions } = context.config;
    const { topicArns, stateKeyArn } = options;
    const arns = Object.values(topicArns).filter((arn) => arn !== null);
    const undelivered = subscriptions.some(({ protocol }) => withDeadLetters.has(protocol))
      ? new UndeliveredQueue(context, { topicArns: arns, stateKeyArn }, { parent: this })
      : null;
    this.undelivered = undelivered?.handle ?? null;

    for (const subscription of subscriptions) {
      const { topic, protocol, endpoint, filter, raw } = subscription;
      const topicArn = topicArns[topic];
      if (topicArn === null) throw new Error(`There is no topic "${topic}" to subscribe ${endpoint} to.`);
      const name = nameOf(subscription);
      const policy = filterPolicy(filter);
      if (protocol === 'lambda') this.#letInvoke(context, name, endpoint, topicArn);
      new aws.sns.TopicSubscription(
        name,
        {
          ...{ topic: topicArn, protocol, endpoint, rawMessageDelivery: raw },
          ...(policy === null ? {} : { filterPolicy: JSON.stringify(policy), filterPolicyScope: 'MessageAttributes' }),
          ...(undelivered !== null && withDeadLetters.has(protocol)
            ? { redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.handle.arn }) }
            : {}),
        },
        { parent: this, ...(undelivered === null ? {} : { dependsOn: [undelivered] }) },
      );
    }
    this.registerOutputs();
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html */
  #letInvoke({ account, names }: StackContext, name: string, endpoint: string, topicArn: pulumi.Output<string>): void {
    const invoked = readFunctionArn(endpoint);
    if (invoked.account !== account) return;
    const { region, functionArn, qualifier } = invoked;
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        ...{ region, function: functionArn, action: 'lambda:InvokeFunction', principal: 'sns.amazonaws.com' },
        ...{ sourceArn: topicArn, statementId: names.of(name) },
        ...(qualifier === null ? {} : { qualifier }),
      },
      { parent: this },
    );
  }
}

/**
 * Stays the same at any position in the list: a new name would be a new subscription, which its
 * receiver would have to confirm again.
 */
function nameOf({ topic, protocol, endpoint }: Subscription): string {
  return `${topic}-${protocol}-${createHash('sha256').update(endpoint).digest('hex').slice(0, 8)}`;
}
