import type { SNSClient } from '@aws-sdk/client-sns';
import { inspectTopic } from '../../../adapters/aws/inspect/inspect-topic.ts';
import { plural } from '../../output/output.ts';
import { attempt, type CheckResult, ok, warn } from '../check-result.ts';

/** Checks that the topic has a confirmed subscription. */
export function checkTopic(client: SNSClient, arn: string): Promise<CheckResult> {
  const check = 'alerts';
  return attempt(check, async () => {
    const { confirmed, pending } = await inspectTopic(client, arn);
    const waiting = pending === 0 ? '' : `, ${pending} unconfirmed`;
    if (confirmed > 0) return ok(check, `${arn} has ${plural(confirmed, 'subscription')}${waiting}`);
    return warn(
      check,
      `${arn} has no confirmed subscription${waiting}: alerts are sent to no subscriber. Add a subscription.`,
    );
  });
}
