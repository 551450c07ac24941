import type { Input } from '@pulumi/pulumi';
import type { StackContext } from '../../context.ts';
import { type AlarmDefinition, shortly } from '../alarm.ts';
import { queueMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Alarms of the queues: that what arrives waits, and that something was given up on. */
export function queueAlarms(
  { config }: Pick<StackContext, 'config'>,
  { queues, topics }: Watched,
): readonly AlarmDefinition[] {
  const { liveAgeMinutes } = config.alarms;
  return [
    {
      ...{ part: 'live-age', ...shortly, comparison: '>=', threshold: liveAgeMinutes * 60, missing: 'notBreaching' },
      description: `A file that arrived has waited for ${liveAgeMinutes} minutes or more (alarms.liveAgeMinutes) and is not analyzed. Look at how many wait with \`rearview --target aws queue status\`: very many need a higher live.maxConcurrency; few that fail again and again have their reason in the log of live-analyzer. While no ruleset is in force all of them wait: \`rearview --target aws publish\`.`,
      watching: { metric: queueMetric(queues.live.name, 'ApproximateAgeOfOldestMessage') },
    },
    deadLetterAlarm(
      'live-dead-letters',
      queues.live.deadLetterName,
      'Files that arrived were given up on after their last delivery; the ledger has them as failed. See which with `rearview --target aws queue status --dead-letters`, mend the cause (the log of live-analyzer has it), then `rearview --target aws queue redrive --queue live`.',
    ),
    deadLetterAlarm(
      'retro-dead-letters',
      queues.retro.deadLetterName,
      'Batches of a retro scan were given up on after their last delivery; the ledger has their objects as failed. See which with `rearview --target aws queue status --dead-letters`, mend the cause (the log of retro-analyzer has it), then `rearview --target aws queue redrive --queue retro`.',
    ),
    deadLetterAlarm(
      'failures',
      queues.failures.name,
      'A function that was invoked asynchronously (batcher or scan-finisher) failed in all attempts. Each message of this queue holds the event and the error. Mend what the error says and see with `rearview --target aws retro list` that scans go on: the finisher has them planned again. Then purge the queue.',
    ),
    ...(topics.undelivered === null
      ? []
      : [
          deadLetterAlarm(
            'undelivered',
            topics.undelivered.name,
            'SNS could not deliver alerts or notices to a subscription, and put them into this queue: each message says which topic and why. Mend the endpoint, or its permission for the topic. What was missed is with `rearview --target aws matches list --since <time>`. Then purge the queue; it keeps messages for 14 days.',
          ),
        ]),
  ];
}

/**
 * In flight counts too: the finisher takes a look at dead letters every minute. Of a queue that nobody touches for six hours SQS tells nothing any more,
 * whatever is in it: then the alarm stays as it is.
 */
function deadLetterAlarm(part: string, queueName: Input<string>, description: string): AlarmDefinition {
  return {
    ...{ part, ...shortly, comparison: '>=', threshold: 1, missing: 'ignore', description },
    watching: {
      expression: 'visible + inflight',
      metrics: {
        visible: queueMetric(queueName, 'ApproximateNumberOfMessagesVisible'),
        inflight: queueMetric(queueName, 'ApproximateNumberOfMessagesNotVisible'),
      },
    },
  };
}
