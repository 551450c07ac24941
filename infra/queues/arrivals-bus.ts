import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import { policyDocument } from '../policy-document.ts';

/** Last part of the name of the bus. */
export const arrivalsBusPart = 'arrivals';

/**
 * The event bus for events from buckets of other accounts. They may put events there, and nothing
 * else; the rules of the bus decide what reaches the queue.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export class ArrivalsBus extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(
    context: StackContext,
    { accounts }: { readonly accounts: readonly string[] },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:queues:ArrivalsBus', 'arrivals-bus', {}, opts);
    const bus = new aws.cloudwatch.EventBus(
      'arrivals',
      {
        name: context.names.of(arrivalsBusPart),
        description: 'Events of buckets of other accounts, sent by their owners',
        tags: context.tags,
      },
      { parent: this },
    );
    new aws.cloudwatch.EventBusPolicy(
      'arrivals-bus-policy',
      {
        eventBusName: bus.name,
        policy: policyDocument([
          {
            Sid: 'OwnersOfBucketsSendEvents',
            Effect: 'Allow',
            Principal: { AWS: accounts.map((account) => `arn:${context.partition}:iam::${account}:root`) },
            Action: 'events:PutEvents',
            Resource: bus.arn,
          },
        ]),
      },
      { parent: this },
    );
    this.name = bus.name;
    this.registerOutputs({ name: this.name });
  }
}
