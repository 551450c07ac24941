import type { FunctionName } from '../../handles.ts';
import { type AlarmDefinition, lastingly, repeatedly, shortly } from '../alarm.ts';
import { lambdaMetric, ownMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Functions that run again every minute, or that the finisher restarts, may fail once. */
const errorsOf: Readonly<
  Record<FunctionName, { readonly when: typeof shortly | typeof repeatedly; readonly advice: string }>
> = {
  'live-analyzer': {
    when: shortly,
    advice:
      'Its messages are delivered again, and become dead letters after the last delivery: `rearview --target aws queue status`.',
  },
  'retro-analyzer': {
    when: shortly,
    advice:
      'Its batches are delivered again, and become dead letters after the last delivery: `rearview --target aws queue status`.',
  },
  batcher: {
    when: repeatedly,
    advice:
      'Retro scans are not planned until it succeeds. The finisher invokes it again every minute: `rearview --target aws retro list`.',
  },
  'scan-finisher': {
    when: repeatedly,
    advice:
      'Until it succeeds, scans do not complete and pending alerts are not sent: `rearview --target aws doctor` shows what is missing.',
  },
  redrive: {
    when: shortly,
    advice:
      'Dead letters may still be in their queue: run `rearview --target aws queue status`, then `rearview --target aws queue redrive`.',
  },
};

/**
 * Functions that many messages invoke at once. Other alarms cover the rest: a throttled finisher does
 * not report the ruleset, scans stall without the batcher, and the caller of redrive gets the error.
 */
const throttled = ['live-analyzer', 'retro-analyzer'] as const;

/** Functions that report problems. */
const troubled = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher'] as const;

/** Alarms of functions: they fail, are throttled, or have persistent problems. */
export function functionAlarms({ functions }: Watched): readonly AlarmDefinition[] {
  const names = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
  return [
    ...names.map((name): AlarmDefinition => {
      const { when, advice } = errorsOf[name];
      return {
        ...{ part: `${name}-errors`, ...when, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `Invocations of the function ${name} fail: it crashed, ran out of memory or time, or threw an error. Its log has the reason ("invocation failed", or a report by Lambda). ${advice}`,
        watching: { metric: lambdaMetric(functions[name], 'Errors', 'Sum') },
      };
    }),
    ...throttled.map(
      (name): AlarmDefinition => ({
        ...{ part: `${name}-throttles`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `Lambda has throttled the function ${name} for a quarter of an hour: the concurrency of the account, or that reserved for the function, is used up. Check its share with \`rearview --target aws doctor\`. Request a higher quota, or lower live.maxConcurrency or retro.maxConcurrency.`,
        watching: { metric: lambdaMetric(functions[name], 'Throttles', 'Sum') },
      }),
    ),
    ...troubled.map(
      (name): AlarmDefinition => ({
        ...{ part: `${name}-problems`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `The function ${name} has reported problems for a quarter of an hour without interruption. Nothing is lost, but the cause needs a fix: its log has lines with the message "problem" and the details. \`rearview --target aws doctor\` checks settings and permissions.`,
        watching: { metric: ownMetric(functions[name], 'Problems') },
      }),
    ),
  ];
}
