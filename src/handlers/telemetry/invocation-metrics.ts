import { Metrics } from '@aws-lambda-powertools/metrics';
import { type CounterName, type CountName, countNames, type GaugeName, metricUnits } from './metric-names.ts';

/** What one invocation counts: metrics, and numbers for its log line. */
export interface InvocationMetrics {
  add(name: CounterName, value: number): void;
  /** Replaces what was set before. */
  set(name: GaugeName | 'RetroObjectsLeft', value: number): void;
  /** Everything so far, for the log line of the invocation. Then starts again. */
  take(): InvocationCounts;
}

export interface InvocationCounts {
  /** Numbers that are no metrics, in the order of `countNames`. */
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
  /**
   * The line with metrics in embedded metric format, and everything else of the invocation; null if
   * there are no metrics.
   */
  readonly line: string | null;
}

/**
 * Adds up, so that a line holds one value of each metric: CloudWatch takes up to 100 metrics of up
 * to 100 values, and 30 dimensions.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createInvocationMetrics(options: {
  readonly namespace: string;
  readonly service: string;
  /** Other fields of the line; not dimensions, so that they cost nothing. */
  readonly fields: Readonly<Record<string, string>>;
}): InvocationMetrics {
  const { namespace, service, fields } = options;
  let reported = new Map<string, number>();

  return {
    add(name, value) {
      reported.set(name, (reported.get(name) ?? 0) + value);
    },
    set(name, value) {
      reported.set(name, value);
    },
    take() {
      const values = reported;
      reported = new Map();
      const counts: Partial<Record<CountName, number>> = {};
      for (const name of countNames) {
        const value = values.get(name);
        if (value !== undefined) counts[name] = value;
      }
      const all = Object.entries(metricUnits).filter(([name]) => values.has(name));
      if (all.length === 0) return { counts, line: null };
      // Serialized rather than published: Powertools would write to the console, past `write`.
      const metrics = new Metrics({ namespace, serviceName: service });
      for (const [name, value] of Object.entries(fields)) metrics.addMetadata(name, value);
      for (const [name, unit] of all) metrics.addMetric(name, unit, values.get(name) ?? 0);
      return { counts, line: JSON.stringify({ ...metrics.serializeMetrics(), ...counts }) };
    },
  };
}
