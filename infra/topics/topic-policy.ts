import type { Output } from '@pulumi/pulumi';
import { arnPatternOf } from '../arns.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';

/**
 * All actions that a topic policy supports:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
 */
const topicActions = [
  'sns:AddPermission',
  'sns:DeleteTopic',
  'sns:GetTopicAttributes',
  'sns:ListSubscriptionsByTopic',
  'sns:Publish',
  'sns:RemovePermission',
  'sns:SetTopicAttributes',
  'sns:Subscribe',
] as const;

/**
 * For every topic: denies access without TLS. Nothing is allowed here; roles of the account have
 * their own policies.
 */
export function tlsOnly(topicArn: Output<string>): Statement {
  return {
    ...{ Sid: 'NothingWithoutTls', Effect: 'Deny', Principal: '*', Action: topicActions, Resource: topicArn },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * For the operations topic: the alarms of this stack and the budgets of this account publish to it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html,
 * https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
 */
export function watchersPublish(context: StackContext, topicArn: Output<string>): readonly Statement[] {
  const { account, partition } = context;
  const allow = { Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn } as const;
  const ours = { StringEquals: { 'aws:SourceAccount': account } };
  const from = (arn: string) => ({ ...ours, ArnLike: { 'aws:SourceArn': arn } });
  return [
    {
      ...{ ...allow, Sid: 'AlarmsPublish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
      Condition: from(arnPatternOf(context, 'cloudwatch', 'alarm:')),
    },
    {
      ...{ ...allow, Sid: 'BudgetsPublish', Principal: { Service: 'budgets.amazonaws.com' } },
      Condition: from(`arn:${partition}:budgets::${account}:*`),
    },
  ];
}
