import type { AwsCall } from '../../../src/testing/aws-calls/calls-of.ts';
import { decide } from './evaluate-call.ts';
import type { Policy, PolicyStatement } from './policies.ts';

/** One action on one resource, as allowed by a statement. */
export interface Grant {
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

/**
 * Permissions in the policies of a role, by action and resource, that none of its calls used. The
 * actions behind a wildcard are not listed anywhere, so it counts as unused.
 */
export async function unexercisedGrants(
  policies: readonly Policy[],
  calls: readonly AwsCall[],
): Promise<readonly Grant[]> {
  const unused: Grant[] = [];
  const byAction = Map.groupBy(calls, ({ action }) => action);
  for (const statement of policies.flatMap((policy) => policy.Statement)) {
    if (statement.Effect !== 'Allow') continue;
    for (const action of statement.Action) {
      for (const resource of statement.Resource) {
        const isUsed = await someAllowed(byAction.get(action) ?? [], {
          ...statement,
          Action: [action],
          Resource: [resource],
        });
        if (!isUsed) unused.push({ sid: statement.Sid ?? '', action, resource });
      }
    }
  }
  return unused;
}

async function someAllowed(calls: readonly AwsCall[], statement: PolicyStatement): Promise<boolean> {
  const policy: Policy = { Version: '2012-10-17', Statement: [statement] };
  for (const call of calls) {
    // A key's own policy must also allow it, which is checked elsewhere.
    const keyPolicy = call.action.startsWith('kms:') ? delegating(call) : undefined;
    if ((await decide(call, [policy], keyPolicy)) === 'Allowed') return true;
  }
  return false;
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam */
function delegating({ role }: AwsCall): Policy {
  const account = role.split(':')[4];
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: ['kms:*'], Resource: ['*'] }] };
}

/** Calls on which IAM could decide differently: one of those with the same key. */
export function distinctCalls(calls: readonly AwsCall[]): readonly AwsCall[] {
  return [...new Map(calls.map((call) => [callKey(call), call])).values()];
}

/** Equal for calls that differ only in the name of an object, and values derived from it. */
export function callKey(call: AwsCall): string {
  const {
    's3:VersionId': version,
    's3:RequestObjectTag/rearview-scanned-at': at,
    'dynamodb:LeadingKeys': partitions = [],
    ...context
  } = call.context;
  const has = { version: version !== undefined, at: at !== undefined, partitions: [partitions].flat().map(kindOf) };
  return JSON.stringify({ ...call, resource: placeOf(call), context, ...has });
}

/** Policies distinguish pointers one by one, and all other items at most by kind. */
function kindOf(partition: string): string {
  return partition.startsWith('pointer#') ? partition : (partition.split('#')[0] ?? partition);
}

/** Policies distinguish at most the first folder of a key. */
function placeOf({ resource }: AwsCall): string {
  if (!resource.startsWith('arn:aws:s3:::')) return resource;
  const [bucket = '', ...path] = resource.split('/');
  return path.length === 0 ? bucket : path.length === 1 ? `${bucket}/*` : `${bucket}/${path[0]}/*`;
}
