import { Metrics } from '@aws-lambda-powertools/metrics';
import { type CounterName, type GaugeName, type MetricName, metricUnits } from './metric-names.ts';

/** Metrics of one invocation: sums, and gauges. */
export interface InvocationMetrics {
  add(name: CounterName, value: number): void;
  /** Replaces what was set before. */
  set(name: GaugeName, value: number): void;
  /** The values so far, in the order of `metricUnits`. */
  values(): Readonly<Partial<Record<MetricName, number>>>;
  /**
   * All values as one line of embedded metric format; null if there are none. Then starts again.
   */
  take(): string | null;
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
  /** In the line, next to the metrics; not a dimension, so that it costs nothing. */
  readonly requestId: string;
}): InvocationMetrics {
  const { namespace, service, requestId } = options;
  let reported = new Map<MetricName, number>();
  const ordered = () =>
    Object.entries(metricUnits).flatMap(([name, unit]) => {
      const value = reported.get(name as MetricName);
      return value === undefined ? [] : [{ name, unit, value }];
    });

  return {
    add(name, value) {
      reported.set(name, (reported.get(name) ?? 0) + value);
    },
    set(name, value) {
      reported.set(name, value);
    },
    values: () => Object.fromEntries(ordered().map(({ name, value }) => [name, value])),
    take() {
      const all = ordered();
      reported = new Map();
      if (all.length === 0) return null;
      // Serialized rather than published: Powertools would write to the console, past `write`.
      const metrics = new Metrics({ namespace, serviceName: service });
      metrics.addMetadata('requestId', requestId);
      for (const { name, unit, value } of all) metrics.addMetric(name, unit, value);
      return JSON.stringify(metrics.serializeMetrics());
    },
  };
}
