import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { FunctionName, Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';

/** Characters of what is written in a role, spaces apart: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maxPolicyLength = 10_240;

/** The role of one function and no other, with a policy of its own: none that AWS manages, whose rights grow. */
export class FunctionRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** To be there before anything makes use of the role. */
  readonly policy: aws.iam.RolePolicy;

  /** @throws Error (in the output) where the policy is longer than IAM takes */
  constructor(
    name: FunctionName,
    context: StackContext,
    statements: readonly Statement[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:functions:FunctionRole', name, {}, opts);
    const role = new aws.iam.Role(
      name,
      {
        name: context.names.of(name),
        description: `What the Rearview function ${name} may do`,
        assumeRolePolicy: JSON.stringify(trustOf(context.account)),
        tags: context.tags,
      },
      { parent: this },
    );
    this.policy = new aws.iam.RolePolicy(
      name,
      {
        name: 'what-its-code-calls',
        role: role.name,
        policy: policyDocument(statements).apply((policy) => boundedPolicy(name, policy)),
      },
      { parent: this },
    );
    this.arn = role.arn;
    this.registerOutputs();
  }
}

/** No statement of a trust policy names a resource: it is the role. */
function trustOf(account: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LambdaOfThisAccount',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ],
  };
}

/** @throws Error where the policy is longer than IAM takes */
export function boundedPolicy(name: FunctionName, policy: string): string {
  if (policy.length <= maxPolicyLength) return policy;
  throw new Error(
    `The policy of ${name} has ${policy.length} characters, and IAM takes ${maxPolicyLength}: there are too many rearview:existingBuckets.`,
  );
}
