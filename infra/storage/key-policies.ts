import { arnPatternOf, bucketArn, viaService } from '../arns.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';

/**
 * Actions that a service needs to send to an encrypted queue or topic:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
const toSend = ['kms:Decrypt', 'kms:GenerateDataKey*'] as const;

/**
 * Policy of the corpus key. Its use is left to IAM, except for S3 Inventory, which encrypts its
 * files.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html#configure-inventory-kms-key-policy
 */
export function corpusKeyStatements(context: StackContext): readonly Statement[] {
  return [accountDecides(context), ...forFiles(context)];
}

/**
 * Policy of the key for everything but files. Functions and users are left to IAM, and DynamoDB and SNS
 * act for their callers. These are the services that send to queues and topics, or write logs, in
 * their own name. Each may do so only for this stack.
 */
export function stateKeyStatements(context: StackContext): readonly Statement[] {
  return [accountDecides(context), ...forState(context)];
}

/** Policy of one key for files and everything else. */
export function sharedKeyStatements(context: StackContext): readonly Statement[] {
  return [accountDecides(context), ...forFiles(context), ...forState(context)];
}

function forFiles(context: StackContext): readonly Statement[] {
  if (context.config.corpus.inventory === 'off') return [];
  return [
    service('InventoryIsEncrypted', 's3.amazonaws.com', ['kms:GenerateDataKey'], {
      StringEquals: { 'aws:SourceAccount': context.account },
      ArnEquals: { 'aws:SourceArn': bucketArn(context, 'corpus') },
    }),
  ];
}

function forState(context: StackContext): readonly Statement[] {
  const { account, partition, region, names } = context;
  const ours = { 'aws:SourceAccount': account };
  const toOurQueues = { 'kms:EncryptionContext:aws:sqs:arn': arnPatternOf(context, 'sqs') };
  return [
    service('ArrivalsReachQueues', 's3.amazonaws.com', toSend, {
      StringEquals: ours,
      ArnEquals: { 'aws:SourceArn': bucketArn(context, 'corpus') },
    }),
    // EventBridge sends no source to KMS, and with a condition on one it silently delivers nothing
    // (see the page above, which says so for topics). So the condition is on the queue; the queue's
    // own policy lists the rules that may send to it.
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
 * Policy of the key that signs rulesets. IAM decides who may sign: the role that publishes. Its
 * public half is not secret. Every user of the account who runs the program, including previews,
 * can read it without a separate permission.
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
