import { addUsage, type Usage } from './aws-usage.ts';

/**
 * What an account gets each month for nothing and without end, for all that runs in it. Offers for
 * new accounts are not included.
 * https://aws.amazon.com/free/
 */
export const freeTier: Usage = {
  sqsRequest: 1e6,
  snsPublish: 1e6,
  snsMail: 1000,
  snsHttps: 100_000,
  dynamoGbMonth: 25,
  lambdaRequest: 1e6,
  lambdaGbSecond: 400_000,
  kmsRequest: 20_000,
  cloudWatchMetricMonth: 10,
  cloudWatchAlarmMonth: 10,
  cloudWatchDashboardMonth: 3,
  logsGb: 5,
};

/** What is left to pay for, if nothing else in the account uses its free tier. */
export function afterFreeTier(usage: Usage): Usage {
  const left = Object.entries(usage).map(([name, units]) => [name, Math.max(0, units - free(name))]);
  return addUsage(Object.fromEntries(left));
}

function free(name: string): number {
  return Object.entries(freeTier).find(([each]) => each === name)?.[1] ?? 0;
}
