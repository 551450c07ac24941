import { addUsage, timesUsage, type Usage } from './aws-usage.ts';
import { counted, countedLogBytes, countedMetrics } from './counted-usage.ts';
import { compute, hoursPerMonth, logs, minutesPerMonth } from './usage-parts.ts';

/** Parts of a stack with the default configuration that cost money whether files arrive or not. */
export const stackParts = {
  /** Keys for everything that is stored, and for signing rulesets. */
  keys: 2,
  /** Metrics of alarms. */
  alarmMetrics: 26,
  dashboards: 0,
  /** Queues that Lambda polls, with five requests at once that wait for 20 seconds. */
  polledQueues: 3,
  /**
   * Users of a key through a service that calls KMS every five minutes: functions with tables, and
   * both sides of queues and topics.
   */
  kmsUsers: 14,
} as const;
const pollers = { each: 5, waitSeconds: 20 } as const;
const kmsCacheSeconds = 300;
/** The finisher with nothing to do waits for some ten responses, one after the other. */
const finisher = { memoryMb: 512, ms: 200 } as const;
/** The finisher looks for segments of the index to join. */
export const minutesBetweenJoins = 15;
/** Lines by Lambda for each invocation. */
const linesOfLambda = 400;

/** The monthly usage of a stack without arrivals, part by part. */
export const idleParts: readonly { readonly what: string; readonly usage: Usage }[] = [
  { what: `${stackParts.keys} KMS keys`, usage: { kmsKeyMonth: stackParts.keys } },
  {
    what: 'requests to KMS, the maximum',
    usage: { kmsRequest: (stackParts.kmsUsers * hoursPerMonth * 3600) / kmsCacheSeconds },
  },
  {
    what: `${countedMetrics.finisher} custom metrics of the finisher`,
    usage: { cloudWatchMetricMonth: countedMetrics.finisher },
  },
  {
    what: `${countedMetrics.live} custom metrics of live analysis, if files arrive every hour`,
    usage: { cloudWatchMetricMonth: countedMetrics.live },
  },
  { what: `alarms on ${stackParts.alarmMetrics} metrics`, usage: { cloudWatchAlarmMonth: stackParts.alarmMetrics } },
  {
    what: 'Lambda polling the queues',
    usage: { sqsRequest: (stackParts.polledQueues * pollers.each * hoursPerMonth * 3600) / pollers.waitSeconds },
  },
  {
    what: 'listings of the index by the finisher',
    usage: { s3Write: (2 * minutesPerMonth) / minutesBetweenJoins },
  },
  {
    what: 'the finisher, every minute',
    usage: timesUsage(
      minutesPerMonth,
      addUsage(
        { lambdaRequest: 1 },
        counted.finisher,
        compute(finisher.ms, finisher.memoryMb),
        logs(countedLogBytes.finisher + linesOfLambda),
      ),
    ),
  },
];

/** The monthly usage of a stack without arrivals. */
export const idleUsage: Usage = addUsage(...idleParts.map(({ usage }) => usage));
