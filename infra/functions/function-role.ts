import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { FunctionName, Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';

/**
 * Maximum characters of the policies in a role, not counting spaces:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxPolicyLength = 10_240;

/**
 * The role of exactly one function, with its own policy: no AWS managed policy, whose rights grow.
 */
export class FunctionRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Must exist before the role is used. */
  readonly policy: aws.iam.RolePolicy;

  /** @throws Error (in the output) if the policy is longer than IAM accepts */
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
        description: `Permissions of the Rearview function ${name}`,
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

/** A statement of a trust policy has no resource: it is the role. */
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

/** @throws Error if the policy is longer than IAM accepts */
export function boundedPolicy(name: FunctionName, policy: string): string {
  if (policy.length <= maxPolicyLength) return policy;
  throw new Error(
    `The policy of ${name} has ${policy.length} characters, and IAM accepts ${maxPolicyLength}: reduce rearview:existingBuckets.`,
  );
}
