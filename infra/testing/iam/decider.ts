import type { AwsCall } from '../../../src/testing/aws-calls/calls-of.ts';
import { type Decision, evaluateCall } from './evaluate-call.ts';
import type { StackPolicies } from './policies.ts';
import { callKey } from './unexercised-grants.ts';

/** Decides on calls by policies, each kind of call once. */
export function createDecider(policies: StackPolicies): (call: AwsCall) => Promise<Decision> {
  const known = new Map<string, Promise<Decision>>();
  return (call) => {
    const key = callKey(call);
    const decision = known.get(key) ?? evaluateCall(call, policies);
    known.set(key, decision);
    return decision;
  };
}
