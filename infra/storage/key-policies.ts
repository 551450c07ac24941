import { arnPatternOf, bucketArn, viaService } from '../arns.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';

/** What a service needs to send to a queue or topic that is encrypted: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const toSend = ['kms:Decrypt', 'kms:GenerateDataKey*'] as const;

/**
 * Policy of the key of the corpus. Who may use it is left to IAM, but for S3 Inventory, which encrypts what it writes.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html#configure-inventory-kms-key-policy
 */
export function corpusKeyStatements(context: StackContext): readonly Statement[] {
  const statements = [accountDecides(context)];
  if (context.config.corpus.inventory === 'off') return statements;
  const inventory = service('InventoryIsEncrypted', 's3.amazonaws.com', ['kms:GenerateDataKey'], {
    StringEquals: { 'aws:SourceAccount': context.account },
    ArnEquals: { 'aws:SourceArn': bucketArn(context, 'corpus') },
  });
  return [...statements, inventory];
}

/**
 * Policy of the key of everything else. Functions and people are left to IAM, DynamoDB and SNS act for whoever calls them; these are the services that
 * send to queues and topics, or write logs, in their own name. Each may do so for this stack alone.
 */
export function stateKeyStatements(context: StackContext): readonly Statement[] {
  const { account, partition, region, names } = context;
  const ours = { 'aws:SourceAccount': account };
  const toOurQueues = { 'kms:EncryptionContext:aws:sqs:arn': arnPatternOf(context, 'sqs') };
  return [
    accountDecides(context),
    service('ArrivalsReachQueues', 's3.amazonaws.com', toSend, {
      StringEquals: ours,
      ArnEquals: { 'aws:SourceArn': bucketArn(context, 'corpus') },
    }),
    // EventBridge names no source to KMS, and with one asked for it delivers nothing, in silence (see the page above, which says so of topics). So the
    // queue is asked for; which rules may send to it is in the queue's own policy.
    service('EventsReachQueues', 'events.amazonaws.com', toSend, { ArnLike: toOurQueues }),
    service('NoticesReachQueues', 'sns.amazonaws.com', toSend, {
      StringEquals: ours,
      ArnLike: { 'aws:SourceArn': arnPatternOf(context, 'sns'), ...toOurQueues },
    }),
    service('AlarmsReachTopics', 'cloudwatch.amazonaws.com', toSend, {
      StringEquals: ours,
      ArnLike: { 'aws:SourceArn': arnPatternOf(context, 'cloudwatch', 'alarm:') },
    }),
    // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    service('BudgetsReachTopics', 'budgets.amazonaws.com', toSend, {
      StringEquals: ours,
      ArnLike: { 'aws:SourceArn': `arn:${partition}:budgets::${account}:*` },
    }),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    service(
      'LogsAreEncrypted',
      viaService(context, 'logs'),
      ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:/aws/lambda/${names.base}-*`,
        },
      },
    ),
  ];
}

/**
 * Policy of the key that signs rulesets. Who may sign is left to IAM: the role that publishes. Its public half is no secret, and is read by everyone in the account
 * who runs the program, previews included, without a permission of their own.
 */
export function signingKeyStatements(context: StackContext): readonly Statement[] {
  return [
    accountDecides(context),
    {
      Sid: 'TheAccountReadsThePublicKey',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'kms:GetPublicKey',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalAccount': context.account } },
    },
  ];
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function accountDecides({ partition, account }: StackContext): Statement {
  return {
    Sid: 'PoliciesOfTheAccountDecide',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

function service(
  sid: string,
  principal: string,
  actions: readonly string[],
  condition: NonNullable<Statement['Condition']>,
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: principal },
    Action: actions,
    // In the policy of a key: that key.
    Resource: '*',
    Condition: condition,
  };
}
