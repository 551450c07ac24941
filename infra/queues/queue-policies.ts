import type { Input, Output } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Denies access to the queue without TLS.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function tlsOnly(queueArn: Output<string>): Statement {
  return {
    Sid: 'NothingWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: queueArn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * Allows S3 to report arrivals in one bucket of this account.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
 */
export function arrivalsFromBucket(
  queueArn: Output<string>,
  { bucketArn, account }: { readonly bucketArn: Output<string>; readonly account: string },
): Statement {
  return {
    Sid: 'ArrivalsOfTheCorpus',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': bucketArn } },
  };
}

/**
 * Allows only these EventBridge rules to send to the queue. No statement without rules.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function eventsFromRules(queueArn: Output<string>, ruleArns: readonly Input<string>[]): readonly Statement[] {
  if (ruleArns.length === 0) return [];
  return [
    {
      Sid: 'EventsOfOurRules',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': ruleArns } },
    },
  ];
}
