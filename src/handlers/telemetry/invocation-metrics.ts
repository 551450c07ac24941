import { Metrics } from '@aws-lambda-powertools/metrics';
import { type MetricName, metricUnits } from './metric-names.ts';

/** Sums of one invocation. */
export interface InvocationMetrics {
  add(name: MetricName, value: number): void;
  /** What was added up so far, in the order of `metricUnits`. */
  sums(): Readonly<Partial<Record<MetricName, number>>>;
  /** The sums as one line of embedded metric format; null where there are none. Begins anew. */
  take(): string | null;
}

/**
 * Adds up, so that a line holds one value of each metric: CloudWatch takes up to 100 metrics of up to 100 values, and 30 dimensions.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createInvocationMetrics(options: {
  readonly namespace: string;
  readonly service: string;
  /** In the line, beside the metrics; not a dimension, so that it costs nothing. */
  readonly requestId: string;
}): InvocationMetrics {
  const { namespace, service, requestId } = options;
  let totals = new Map<MetricName, number>();
  const ordered = () =>
    Object.entries(metricUnits).flatMap(([name, unit]) => {
      const value = totals.get(name as MetricName);
      return value === undefined ? [] : [{ name, unit, value }];
    });

  return {
    add(name, value) {
      totals.set(name, (totals.get(name) ?? 0) + value);
    },
    sums: () => Object.fromEntries(ordered().map(({ name, value }) => [name, value])),
    take() {
      const all = ordered();
      totals = new Map();
      if (all.length === 0) return null;
      // Serialized rather than published: Powertools would write to the console, past `write`.
      const metrics = new Metrics({ namespace, serviceName: service });
      metrics.addMetadata('requestId', requestId);
      for (const { name, unit, value } of all) metrics.addMetric(name, unit, value);
      return JSON.stringify(metrics.serializeMetrics());
    },
  };
}
