import type { StackContext } from './context.ts';

/*
 * ARNs derived from the names of parts of the stack. They are for policies that would otherwise
 * have a circular dependency: a key for a bucket whose events it allows, a bucket for the roles of
 * functions.
 */

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export function bucketArn({ partition, names }: StackContext, part: string): string {
  return `arn:${partition}:s3:::${names.bucket(part)}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export function roleArn({ partition, account, names }: StackContext, part: string): string {
  return `arn:${partition}:iam::${account}:role/${names.of(part)}`;
}

/**
 * ARN patterns of all resources of a service in the stack, or of all whose names have a common
 * prefix: the trailing `*` is for `ArnLike`.
 *
 * @param kind text before the name: `alarm:`, or nothing
 */
export function arnPatternOf(context: StackContext, service: string, kind = ''): string {
  const { partition, region, account, names } = context;
  return `arn:${partition}:${service}:${region}:${account}:${kind}${names.base}-*`;
}

/**
 * Name of a service of this region in the KMS policy condition:
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function viaService({ partition, region }: StackContext, service: string): string {
  return `${service}.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}
