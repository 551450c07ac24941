import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { AwsCall } from '../../../src/testing/aws-calls/calls-of.ts';
import type { Policy, StackPolicies } from './policies.ts';

/**
 * The decision of IAM. `ImplicitlyDenied`: nothing allows it; `ExplicitlyDenied`: something forbids
 * it.
 */
export type Decision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/**
 * Decides on a call by the policies of its role and of its resource, in an account without other
 * policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @throws Error if the simulator refuses a policy, an action, a resource or a condition key
 */
export async function evaluateCall(call: AwsCall, policies: StackPolicies): Promise<Decision> {
  return decide(call, policies.identity.get(call.role) ?? [], policies.resource.get(policyHolder(call.resource)));
}

/** Like `evaluateCall`, by these policies only. */
export async function decide(call: AwsCall, identity: readonly Policy[], resourcePolicy?: Policy): Promise<Decision> {
  const simulation: Simulation = {
    request: {
      principal: call.role,
      action: call.action,
      resource: { resource: call.resource, accountId: accountOf(call) },
      contextVariables: keysForSimulator({ ...call.context }),
    },
    identityPolicies: identity.map((policy, index) => ({ name: String(index), policy: forSimulator(policy) })),
    ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: forSimulator(resourcePolicy) }),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType !== 'single') {
    throw new Error(`${call.action} on ${call.resource} cannot be simulated: ${JSON.stringify(result)}`);
  }
  const { ignoredContextKeys: unknown = [] } = result.result;
  if (unknown.length > 0) throw new Error(`${call.action} has no context ${unknown.join(', ')}.`);
  return result.overallResult;
}

const encryptionContext = 'kms:EncryptionContext:';

/**
 * The simulator does not support encryption contexts, because their names are not fixed. Names of
 * principal tags are not fixed either, and it compares them like any other key.
 */
function keysForSimulator<T>(keys: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key.startsWith(encryptionContext)
        ? `aws:PrincipalTag/context.${key.slice(encryptionContext.length).replaceAll(':', '.')}`
        : key,
      value,
    ]),
  );
}

function forSimulator(policy: Policy): Policy {
  const Statement = policy.Statement.map((each) => ({
    ...each,
    ...(each.Condition === undefined
      ? {}
      : {
          Condition: Object.fromEntries(
            Object.entries(each.Condition).map(([operator, keys]) => [operator, keysForSimulator(keys)]),
          ),
        }),
  }));
  return { ...policy, Statement };
}

/** Objects have no account in their ARN; all of them here belong to the account of the role. */
function accountOf({ role, resource }: AwsCall): string {
  return (resource.split(':')[4] || role.split(':')[4]) ?? '';
}

/** The resource with the policy: for an object, its bucket. */
function policyHolder(arn: string): string {
  return arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn;
}
