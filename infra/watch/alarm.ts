import type { Input } from '@pulumi/pulumi';
import type { Metric } from './metric.ts';

/** What an alarm looks at: a metric; an expression over metrics by their ids; or a query over all metrics that it finds. */
export type Watching =
  | { readonly metric: Metric }
  | { readonly expression: string; readonly metrics: Readonly<Record<string, Metric>> }
  | { readonly query: Input<string> };

/**
 * An alarm as data. It goes off when the value of `datapoints` of the last `periods` periods is as `comparison` says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export interface AlarmDefinition {
  /** Last part of its name. */
  readonly part: string;
  /** What it means, and what to do. At most 1024 characters. */
  readonly description: string;
  readonly watching: Watching;
  readonly comparison: '>=' | '<';
  readonly threshold: number;
  /** A multiple of 60. */
  readonly periodSeconds: number;
  /** All of them together last a day at most; seven where a period is an hour or more. */
  readonly periods: number;
  /** Default: all of `periods`. */
  readonly datapoints?: number;
  /** What a period without data counts for; `ignore`: the alarm stays as it is. */
  readonly missing: 'breaching' | 'notBreaching' | 'ignore';
  /** How long it waits, once it is made, for what it looks at to begin. At most 2880. Default: not at all. */
  readonly warmUpMinutes?: number;
}

/** Five minutes: what is over sooner needs nobody. */
export const shortly = { periodSeconds: 300, periods: 1 } as const;
/** A quarter of an hour without a break. */
export const lastingly = { periodSeconds: 300, periods: 3 } as const;
/** Twice within a quarter of an hour. */
export const repeatedly = { periodSeconds: 300, periods: 3, datapoints: 2 } as const;
