import type { AwsCall } from '../../../src/testing/aws-calls/calls-of.ts';
import { decide } from './evaluate-call.ts';
import type { Policy, PolicyStatement } from './policies.ts';

/** One action on one resource, as a statement allows it. */
export interface Grant {
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

/**
 * What the policies of a role allow, each action and resource by itself, that none of its calls made use of. What a wildcard in an action allows is not
 * listed anywhere, so it counts as unused.
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
    // A key's own policy has to allow it too, which is not the question here.
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

/** Calls that IAM could decide on differently: of those that have the same key, one. */
export function distinctCalls(calls: readonly AwsCall[]): readonly AwsCall[] {
  return [...new Map(calls.map((call) => [callKey(call), call])).values()];
}

/** The same for calls that differ in nothing but the name of an object, and what goes with that. */
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

/** Policies look at pointers one by one, and at the kinds of all other items at most. */
function kindOf(partition: string): string {
  return partition.startsWith('pointer#') ? partition : (partition.split('#')[0] ?? partition);
}

/** Policies look at the first folder of a key at most. */
function placeOf({ resource }: AwsCall): string {
  if (!resource.startsWith('arn:aws:s3:::')) return resource;
  const [bucket = '', ...path] = resource.split('/');
  return path.length === 0 ? bucket : path.length === 1 ? `${bucket}/*` : `${bucket}/${path[0]}/*`;
}
