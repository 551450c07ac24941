import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { useOfBucketKey } from '../bucket-key.ts';
import type { StackContext } from '../context.ts';
import type { BucketHandle, Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { classKey, readableClasses } from '../storage/readable-classes.ts';

export interface CollectorParts {
  readonly corpus: BucketHandle;
}

/**
 * The tag of a collector's role or user that names its prefix, if each has its own. Whoever may set
 * the tag decides where the collector uploads.
 */
export const collectorTag = 'rearview-collector';

/**
 * Allows hosts to put files into the corpus, and nothing else: a policy to attach to their
 * identity, and a role for configured principals, if there are any. They cannot see the content of
 * the corpus, not even their own uploads. With `collectors.ownPrefix`, each puts files only below
 * its own prefix, and so cannot overwrite files of another.
 */
export class CollectorAccess extends pulumi.ComponentResource {
  readonly policyArn: pulumi.Output<string>;
  /** Null if the configuration names no principals. */
  readonly roleArn: pulumi.Output<string> | null;

  constructor(context: StackContext, { corpus }: CollectorParts, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:access:CollectorAccess', 'collectors', {}, opts);
    const { config, names, tags } = context;
    const child = { parent: this };
    const policy = new aws.iam.Policy(
      'collector',
      {
        name: names.of('collector'),
        description: 'Puts files into the corpus of Rearview',
        policy: policyDocument(collectorStatements(context, corpus)),
        tags,
      },
      child,
    );
    this.policyArn = policy.arn;
    const { principals } = config.collectors;
    this.roleArn = null;
    if (principals.length > 0) {
      const role = new aws.iam.Role(
        'collector',
        {
          name: names.of('collector'),
          description: 'Permissions of hosts that collect files for Rearview',
          assumeRolePolicy: JSON.stringify(trustOf(config.collectors)),
          tags,
        },
        child,
      );
      new aws.iam.RolePolicyAttachment('collector', { role: role.name, policyArn: policy.arn }, child);
      this.roleArn = role.arn;
    }
    this.registerOutputs();
  }
}

/**
 * Parts of an upload are also put with this permission, and only S3 reads them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 *
 * A tag with a slash is refused: `team/x` would be within what `team` may overwrite. A principal
 * without the tag puts nothing: a variable without a value matches no resource.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function collectorStatements(context: StackContext, bucket: BucketHandle): readonly Statement[] {
  const { arn } = bucket;
  const below = context.config.collectors.ownPrefix ? `\${aws:PrincipalTag/${collectorTag}}/*` : '*';
  const put: Statement = {
    ...{ Sid: 'PutFiles', Effect: 'Allow' },
    ...{ Action: ['s3:PutObject'], Resource: [pulumi.interpolate`${arn}/${below}`] },
    // A request without a class gets STANDARD.
    Condition: { StringEqualsIfExists: { [classKey]: readableClasses } },
  };
  const deny: Statement = {
    ...{ Sid: 'NoPrefixWithinAnother', Effect: 'Deny' },
    ...{ Action: ['s3:PutObject'], Resource: [pulumi.interpolate`${arn}/*`] },
    Condition: { StringLike: { [`aws:PrincipalTag/${collectorTag}`]: '*/*' } },
  };
  const own = context.config.collectors.ownPrefix ? [put, deny] : [put];
  return [...own, ...useOfBucketKey(context, 'EncryptFiles', bucket, ['kms:GenerateDataKey', 'kms:Decrypt'])];
}

/**
 * The principals that may assume the role. If each has its own prefix, a session has exactly the
 * tag of the principal itself: it cannot name another prefix.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
function trustOf({ principals, ownPrefix }: StackContext['config']['collectors']) {
  const statement = { Sid: 'Collectors', Effect: 'Allow', Principal: { AWS: principals } };
  const Statement = ownPrefix
    ? {
        ...statement,
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: {
          StringEquals: { [`aws:RequestTag/${collectorTag}`]: `\${aws:PrincipalTag/${collectorTag}}` },
          'ForAllValues:StringEquals': { 'aws:TagKeys': [collectorTag] },
        },
      }
    : { ...statement, Action: 'sts:AssumeRole' };
  return { Version: '2012-10-17', Statement: [Statement] };
}
