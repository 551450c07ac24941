import * as z from 'zod';
import { Watch } from '../watch/watch.ts';
import { contextFor } from './context-for-tests.ts';
import { type RecordedProgram, recordProgram } from './record-program.ts';
import { sampleParts } from './sample-parts.ts';

/** With dead letters of subscriptions. */
export const withSubscription = { subscriptions: [{ protocol: 'https', endpoint: 'https://soc.rearview.test' }] };

/** Records the monitoring of a stack. */
export function recordWatch(config: Readonly<Record<string, unknown>> = withSubscription, stack = 'prod') {
  return recordProgram(async () => {
    const context = contextFor(stack, config);
    return new Watch(context, sampleParts(context));
  });
}

const dimensions = z.record(z.string(), z.string());
const alarmSchema = z.object({
  name: z.string(),
  alarmDescription: z.string(),
  comparisonOperator: z.string(),
  threshold: z.number(),
  evaluationPeriods: z.number(),
  datapointsToAlarm: z.number(),
  treatMissingData: z.string(),
  alarmActions: z.array(z.string()),
  okActions: z.array(z.string()),
  period: z.number().optional(),
  metricName: z.string().optional(),
  namespace: z.string().optional(),
  statistic: z.string().optional(),
  dimensions: dimensions.optional(),
  warmUpConfiguration: z.object({ warmUpPeriodDurationInMinutes: z.number() }).optional(),
  metricQueries: z
    .array(
      z.object({
        id: z.string().regex(/^[a-z][A-Za-z0-9_]*$/),
        expression: z.string().optional(),
        period: z.number().optional(),
        returnData: z.boolean(),
        metric: z
          .object({ namespace: z.string(), metricName: z.string(), dimensions, stat: z.string(), period: z.number() })
          .optional(),
      }),
    )
    .optional(),
  tags: dimensions,
});

/** An alarm in the format of CloudWatch. */
export type Alarm = z.infer<typeof alarmSchema>;

/** All alarms, in the order of their names. */
export function alarmsIn(program: RecordedProgram<unknown>): readonly Alarm[] {
  return program
    .ofType('MetricAlarm')
    .map(({ inputs }) => alarmSchema.parse(inputs))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The alarm of the stack `prod` with this last part of its name. */
export function alarmOf(program: RecordedProgram<unknown>, part: string): Alarm {
  const found = alarmsIn(program).find(({ name }) => name === `rearview-prod-${part}`);
  if (found === undefined) throw new Error(`There is no alarm ${part}.`);
  return found;
}

/** All metrics that an alarm names. */
export function metricsOf({ metricName: name, namespace, dimensions: own, statistic, metricQueries = [] }: Alarm) {
  const one =
    name === undefined || namespace === undefined
      ? []
      : [{ name, namespace, dimensions: own ?? {}, statistic: statistic ?? '' }];
  const many = metricQueries.flatMap(({ metric }) =>
    metric === undefined ? [] : [{ ...metric, name: metric.metricName, statistic: metric.stat }],
  );
  return [...one, ...many];
}
