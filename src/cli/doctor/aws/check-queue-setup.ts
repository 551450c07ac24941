import { type Consumer, inspectConsumers } from '../../../adapters/aws/inspect/inspect-functions.ts';
import { inspectQueue, type QueueFacts } from '../../../adapters/aws/inspect/inspect-queue.ts';
import type { AwsClients } from '../../../targets/aws/aws-clients.ts';
import { awsSettings } from '../../../targets/aws/aws-settings.ts';
import { attempt, type CheckResult, fail, ok, warn } from '../check-result.ts';

export interface QueueSettings {
  readonly name: 'live' | 'retro' | 'preview';
  readonly url: string;
  readonly deadLetterUrl: string;
  readonly maxReceives: number;
}

/** Checks the dead letter queue, the number of attempts, and the visibility timeout of a queue. */
export function checkQueueSetup(
  { sqs, lambda }: Pick<AwsClients, 'sqs' | 'lambda'>,
  settings: QueueSettings,
): Promise<CheckResult> {
  const check = `${settings.name} setup`;
  return attempt(check, async () => {
    const [queue, dead] = await Promise.all([
      inspectQueue(sqs, settings.url),
      inspectQueue(sqs, settings.deadLetterUrl),
    ]);
    const wrong = redriveProblem(settings, queue, dead);
    if (wrong !== null) return fail(check, wrong);
    const redrive = `hides messages for ${queue.visibilitySeconds} s, gives up after ${settings.maxReceives} attempts`;
    const consumers = await inspectConsumers(lambda, queue.arn);
    if ('unknown' in consumers) return warn(check, `${redrive}; its consumers are not known: ${consumers.unknown}`);
    return checkConsumers(check, queue, consumers.known, redrive);
  });
}

function redriveProblem({ maxReceives, url }: QueueSettings, queue: QueueFacts, dead: QueueFacts): string | null {
  if (queue.redrive === null) {
    return `${url} has no redrive policy, so failing messages are retried for ever: add one to ${dead.arn} with maxReceiveCount ${maxReceives}.`;
  }
  if (queue.redrive.deadLetterArn !== dead.arn) {
    return `${url} gives its dead letters to ${queue.redrive.deadLetterArn}, the settings name ${dead.arn}: fix the redrive policy or the setting.`;
  }
  if (queue.redrive.maxReceives !== maxReceives) {
    return `${url} has maxReceiveCount ${queue.redrive.maxReceives}, ${awsSettings.maxReceives} is ${maxReceives}: make them equal, otherwise the last attempt is not recognized.`;
  }
  return null;
}

function checkConsumers(
  check: string,
  { visibilitySeconds }: QueueFacts,
  consumers: readonly Consumer[],
  text: string,
): CheckResult {
  const enabled = consumers.filter(({ isEnabled }) => isEnabled);
  if (enabled.length === 0) {
    const why =
      consumers.length === 0
        ? 'no function is mapped to the queue'
        : `the event source mapping of ${consumers.map((each) => each.function).join(', ')} is disabled`;
    return warn(check, `${text}; no function takes its messages: ${why}.`);
  }
  for (const { function: name, timeout } of enabled) {
    // Lambda refuses such a mapping, and takes a queue that is changed later.
    if ('known' in timeout && timeout.known > visibilitySeconds) {
      return fail(
        check,
        `messages are hidden for ${visibilitySeconds} s and ${name} may take ${timeout.known} s, so they are delivered again while it works: increase the visibility timeout.`,
      );
    }
  }
  return ok(check, `${text}; ${enabled.map((each) => each.function).join(', ')} takes them`);
}
