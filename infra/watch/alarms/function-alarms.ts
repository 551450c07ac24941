import type { FunctionName } from '../../handles.ts';
import { type AlarmDefinition, lastingly, repeatedly, shortly } from '../alarm.ts';
import { lambdaMetric, ownMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Those that are tried again every minute, or that the finisher sets going again, may fail once. */
const errorsOf: Readonly<
  Record<FunctionName, { readonly when: typeof shortly | typeof repeatedly; readonly advice: string }>
> = {
  'live-analyzer': {
    when: shortly,
    advice:
      'Its messages come again, and after their last delivery are dead letters: `rearview --target aws queue status`.',
  },
  'retro-analyzer': {
    when: shortly,
    advice:
      'Its batches come again, and after their last delivery are dead letters: `rearview --target aws queue status`.',
  },
  batcher: {
    when: repeatedly,
    advice:
      'Retro scans are not planned until it succeeds, which the finisher has it try every minute: `rearview --target aws retro list`.',
  },
  'scan-finisher': {
    when: repeatedly,
    advice:
      'Until it succeeds scans do not complete and alerts that were left behind are not sent: `rearview --target aws doctor` names what it lacks.',
  },
  redrive: {
    when: shortly,
    advice:
      'Dead letters may still be where they were: `rearview --target aws queue status`, then `rearview --target aws queue redrive`.',
  },
};

/** Functions that tell of problems. */
const troubled = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher'] as const;

/** Alarms of each function: that it fails, is not let run, or has problems that do not pass. */
export function functionAlarms({ functions }: Watched): readonly AlarmDefinition[] {
  const names = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
  return [
    ...names.map((name): AlarmDefinition => {
      const { when, advice } = errorsOf[name];
      return {
        ...{ part: `${name}-errors`, ...when, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `The function ${name} fails as a whole: it crashed, ran out of memory or time, or threw. Its log has the reason ("invocation failed", or a report of Lambda). ${advice}`,
        watching: { metric: lambdaMetric(functions[name], 'Errors', 'Sum') },
      };
    }),
    ...names.map(
      (name): AlarmDefinition => ({
        ...{ part: `${name}-throttles`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `Lambda has not let the function ${name} run as often as it was asked to, for a quarter of an hour: the concurrency of the account, or what is reserved for the function, is used up. Look at its share with \`rearview --target aws doctor\`; ask for a higher quota, or lower live.maxConcurrency or retro.maxConcurrency.`,
        watching: { metric: lambdaMetric(functions[name], 'Throttles', 'Sum') },
      }),
    ),
    ...troubled.map(
      (name): AlarmDefinition => ({
        ...{ part: `${name}-problems`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
        description: `The function ${name} tells of problems, for a quarter of an hour without a break. Nothing is lost, but it does not pass by itself: its log has lines with the message "problem" that say what and where; \`rearview --target aws doctor\` checks settings and permissions.`,
        watching: { metric: ownMetric(functions[name], 'Problems') },
      }),
    ),
  ];
}
