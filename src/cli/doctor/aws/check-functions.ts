import type { LambdaClient } from '@aws-sdk/client-lambda';
import { inspectConcurrency, inspectFunction } from '../../../adapters/aws/inspect/inspect-functions.ts';
import { attempt, type CheckResult, fail, ok, warn } from '../check-result.ts';

/** New accounts have 10; uploads and a retro scan at the same time want more. */
const fewInvocations = 50;

/** The function that plans retro scans can be invoked. */
export function checkBatcher(client: LambdaClient, name: string): Promise<CheckResult> {
  const check = 'batcher';
  return attempt(check, async () => {
    const { state, stateReason, lastUpdate } = await inspectFunction(client, name);
    const why = stateReason === null ? '' : ` (${stateReason})`;
    if (state === 'Active') {
      if (lastUpdate === 'Failed') return warn(check, `${name} is active, its last update failed: deploy it again.`);
      return ok(check, `${name} is active`);
    }
    if (state === 'Pending') return warn(check, `${name} is being created${why}: check again in a minute.`);
    if (state === 'Inactive') return warn(check, `${name} is idle${why}: its next invocation may fail.`);
    return fail(check, `${name} is ${state}${why}: deploy it again.`);
  });
}

/** The account lets enough functions run at a time. */
export function checkConcurrency(client: LambdaClient): Promise<CheckResult> {
  const check = 'concurrency';
  return attempt(check, async () => {
    const { unreserved } = await inspectConcurrency(client);
    const text = `${unreserved} unreserved concurrent invocations`;
    if (unreserved >= fewInvocations) return ok(check, text);
    return warn(check, `${text}: uploads wait. Request a higher quota "Concurrent executions" of Lambda.`);
  });
}
