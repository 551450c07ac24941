import type { Input } from '@pulumi/pulumi';
import type { StackContext } from '../../context.ts';
import { type AlarmDefinition, shortly } from '../alarm.ts';
import { queueMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Alarms of the queues: messages wait too long, or become dead letters. */
export function queueAlarms(
  { config }: Pick<StackContext, 'config'>,
  { queues, topics }: Watched,
): readonly AlarmDefinition[] {
  const { liveAgeMinutes } = config.alarms;
  return [
    {
      ...{ part: 'live-age', ...shortly, comparison: '>=', threshold: liveAgeMinutes * 60, missing: 'notBreaching' },
      description: `A new file has waited for ${liveAgeMinutes} minutes or more (alarms.liveAgeMinutes) and is not analyzed. Check how many wait with \`rearview --target aws queue status\`. Very many need a higher live.maxConcurrency; for a few that keep failing, the log of live-analyzer has the reason. While no ruleset is active, all of them wait: \`rearview --target aws publish\`.`,
      watching: { metric: queueMetric(queues.live.name, 'ApproximateAgeOfOldestMessage') },
    },
    deadLetterAlarm(
      'live-dead-letters',
      queues.live.deadLetterName,
      'New files became dead letters after their last delivery; the ledger records them as failed. List them with `rearview --target aws queue status --dead-letters`, fix the cause (see the log of live-analyzer), then run `rearview --target aws queue redrive --queue live`.',
    ),
    deadLetterAlarm(
      'retro-dead-letters',
      queues.retro.deadLetterName,
      'Batches of a retro scan became dead letters after their last delivery; the ledger records their objects as failed. List them with `rearview --target aws queue status --dead-letters`, fix the cause (see the log of retro-analyzer), then run `rearview --target aws queue redrive --queue retro`.',
    ),
    deadLetterAlarm(
      'failures',
      queues.failures.name,
      'A function that was invoked asynchronously (batcher or scan-finisher) failed in all attempts. Each message of this queue has the event and the error. Fix the cause, and check with `rearview --target aws retro list` that scans continue: the finisher invokes the batcher again. Then purge the queue.',
    ),
    ...(topics.undelivered === null
      ? []
      : [
          deadLetterAlarm(
            'undelivered',
            topics.undelivered.name,
            'SNS could not deliver alerts or notices to a subscription, and put them into this queue. Each message has the topic and the reason. Fix the endpoint, or its permission for the topic. See missed matches with `rearview --target aws matches list --since <time>`. Then purge the queue; it keeps messages for 14 days.',
          ),
        ]),
  ];
}

/**
 * The finisher hides dead letters for a moment when it reads them: within five minutes, SQS reports
 * them as visible. SQS reports nothing about a queue without requests for six hours, whatever its
 * content: then the alarm stays unchanged.
 */
function deadLetterAlarm(part: string, queueName: Input<string>, description: string): AlarmDefinition {
  return {
    ...{ part, ...shortly, comparison: '>=', threshold: 1, missing: 'ignore', description },
    watching: { metric: queueMetric(queueName, 'ApproximateNumberOfMessagesVisible') },
  };
}
