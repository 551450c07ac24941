import { metricNamespace, metricUnits } from '../../src/handlers/telemetry/metric-names.ts';

/** A metric as named in alarms and dashboards. */
export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * Metrics by namespace, and the sets of dimensions of each. Includes the AWS metrics that the stack
 * uses: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
const known: Readonly<Record<string, { readonly names: readonly string[]; readonly dimensions: readonly string[] }>> = {
  [metricNamespace]: { names: Object.keys(metricUnits), dimensions: ['service'] },
  'AWS/Lambda': {
    names: ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'],
    dimensions: ['FunctionName'],
  },
  'AWS/SQS': {
    names: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
    ],
    dimensions: ['QueueName'],
  },
  'AWS/SNS': { names: ['NumberOfMessagesPublished'], dimensions: ['TopicName'] },
  'AWS/DynamoDB': {
    names: ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'ReadThrottleEvents', 'WriteThrottleEvents'],
    dimensions: ['TableName', 'GlobalSecondaryIndexName,TableName'],
  },
};

/** The only function that reports a custom metric. Several report all others. */
const sources: Readonly<Record<string, readonly string[]>> = {
  AppliedRulesetSequence: ['live-analyzer'],
  RulesetSequence: ['scan-finisher'],
  RulesetRules: ['scan-finisher'],
  OldestScanIdleSeconds: ['scan-finisher'],
  OldestOwedAlertSeconds: ['scan-finisher'],
  ...Object.fromEntries(
    ['ObjectsAnalyzed', 'ObjectsFailed', 'ObjectsUnreadable'].map((name) => [
      name,
      ['live-analyzer', 'retro-analyzer'],
    ]),
  ),
};

/** Returns why no such metric of the stack is reported with these names; null if it is. */
export function whyUnknown({ namespace, name, dimensions }: NamedMetric, base: string): string | null {
  const { names, dimensions: sets } = known[namespace] ?? { names: [], dimensions: [] };
  if (!names.includes(name)) return `${namespace} ${name} is not reported`;
  const keys = Object.keys(dimensions).sort().join(',');
  if (!sets.includes(keys)) return `${namespace} ${name} is not reported by ${keys}`;
  const value = dimensions['TableName'] ?? Object.values(dimensions)[0] ?? '';
  if (!value.startsWith(`${base}-`)) return `${value} is not of ${base}`;
  const functions = sources[name];
  if (namespace !== metricNamespace || functions === undefined) return null;
  return functions.includes(value.slice(base.length + 1)) ? null : `${value} does not report ${name}`;
}
