import type { Usage } from './aws-usage.ts';

/** The size of a GB in AWS prices. */
export const gb = 2 ** 30;
export const hoursPerMonth = 730;
export const minutesPerMonth = hoursPerMonth * 60;
export const secondsPerMonth = minutesPerMonth * 60;
export const daysPerMonth = hoursPerMonth / 24;

/** Storage of logs: their compression, and the default of `logs.retentionDays` in months. */
const logsKept = { share: 0.15, months: 3 } as const;
/** A line of S3's access log, kept for the default of `corpus.accessLogDays` in months. */
const accessLog = { bytes: 600, months: 3 } as const;

/** Log lines of functions. */
export function logs(bytes: number): Usage {
  return { logsGb: bytes / gb, logsGbMonth: (bytes * logsKept.share * logsKept.months) / gb };
}

/** The access log of requests to S3. */
export function accessLogs(requests: number): Usage {
  return { s3GbMonth: (requests * accessLog.bytes * accessLog.months) / gb };
}

/** Time of a function. */
export function compute(ms: number, memoryMb: number): Usage {
  return { lambdaGbSecond: (ms / 1000) * (memoryMb / 1024) };
}
