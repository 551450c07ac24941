import type { StackContext } from './context.ts';

/*
 * ARNs of parts of the stack that follow from their names, for policies that would otherwise have to wait for each other: a key for a bucket whose
 * events it is to let pass, a bucket for the roles of functions.
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
 * ARNs of all that the stack has of a service, or of all whose names begin alike: the trailing `*` is for `ArnLike`.
 *
 * @param kind what stands before the name: `alarm:`, or nothing
 */
export function arnPatternOf(context: StackContext, service: string, kind = ''): string {
  const { partition, region, account, names } = context;
  return `arn:${partition}:${service}:${region}:${account}:${kind}${names.base}-*`;
}

/** What a service of this region is called by policies, to KMS where it asks for a key: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export function viaService({ partition, region }: StackContext, service: string): string {
  return `${service}.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}
