import type { Metric } from './metric.ts';

/**
 * The input of an alarm: a metric, or an expression over metrics by their ids.
 */
export type Watching =
  | { readonly metric: Metric }
  | { readonly expression: string; readonly metrics: Readonly<Record<string, Metric>> };

/**
 * The definition of an alarm. It goes off when `datapoints` of the last `periods` periods satisfy
 * `comparison`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export interface AlarmDefinition {
  /** Last part of its name. */
  readonly part: string;
  /** Its meaning, and what to do. At most 1024 characters. */
  readonly description: string;
  readonly watching: Watching;
  readonly comparison: '>=' | '<';
  readonly threshold: number;
  /** A multiple of 60. */
  readonly periodSeconds: number;
  /** Together they last a day at most, or seven if a period is an hour or more. */
  readonly periods: number;
  /** Default: all of `periods`. */
  readonly datapoints?: number;
  /** The effect of a period without data; `ignore`: the alarm stays unchanged. */
  readonly missing: 'breaching' | 'notBreaching' | 'ignore';
  /** Minutes that a new alarm waits for its input to start. At most 2880. Default: none. */
  readonly warmUpMinutes?: number;
}

/** Five minutes: anything shorter needs no action. */
export const shortly = { periodSeconds: 300, periods: 1 } as const;
/** A quarter of an hour without interruption. */
export const lastingly = { periodSeconds: 300, periods: 3 } as const;
/** Twice within a quarter of an hour. */
export const repeatedly = { periodSeconds: 300, periods: 3, datapoints: 2 } as const;
