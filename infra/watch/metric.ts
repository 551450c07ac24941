import type { Input, Output } from '@pulumi/pulumi';
import { type GaugeName, gauges, type MetricName, metricNamespace } from '../../src/handlers/telemetry/metric-names.ts';
import type { FunctionHandle, TableHandle } from '../handles.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
export type Statistic = 'Sum' | 'Minimum' | 'Average' | 'Maximum';

/** A metric of this stack, and the statistic for its values within a period. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  readonly statistic: Statistic;
}

const gaugeNames: ReadonlySet<string> = new Set<GaugeName>(gauges);

/** A custom metric of a function. Default: counts are summed up, gauges use the maximum. */
export function ownMetric(
  { name: service }: FunctionHandle,
  name: MetricName,
  statistic: Statistic = gaugeNames.has(name) ? 'Maximum' : 'Sum',
): Metric {
  return { namespace: metricNamespace, name, dimensions: { service }, statistic };
}

/**
 * A metric of a function, over all its versions:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lambdaMetric(
  { name }: FunctionHandle,
  metric: 'Invocations' | 'Errors' | 'Throttles' | 'Duration' | 'ConcurrentExecutions',
  statistic: Statistic,
): Metric {
  return { namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName: name }, statistic };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function queueMetric(
  QueueName: Input<string>,
  name:
    | 'ApproximateAgeOfOldestMessage'
    | 'ApproximateNumberOfMessagesVisible'
    | 'ApproximateNumberOfMessagesNotVisible',
): Metric {
  return { namespace: 'AWS/SQS', name, dimensions: { QueueName }, statistic: 'Maximum' };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
export function topicMetric(topicArn: Output<string>, name: 'NumberOfMessagesPublished'): Metric {
  const TopicName = topicArn.apply((arn) => arn.slice(arn.lastIndexOf(':') + 1));
  return { namespace: 'AWS/SNS', name, dimensions: { TopicName }, statistic: 'Sum' };
}

/**
 * Metric of a table without its indexes, or of one of its indexes. DynamoDB reports throttles only
 * when there are some.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function tableMetric(
  { name: TableName }: TableHandle,
  name: 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits' | 'ReadThrottleEvents' | 'WriteThrottleEvents',
  index?: string,
): Metric {
  const dimensions = { TableName, ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }) };
  return { namespace: 'AWS/DynamoDB', name, dimensions, statistic: 'Sum' };
}
