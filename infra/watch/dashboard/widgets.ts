import type { Input } from '@pulumi/pulumi';
import { tables } from '../../../src/adapters/aws/dynamodb/tables.ts';
import type { MetricName } from '../../../src/handlers/telemetry/metric-names.ts';
import type { StackContext } from '../../context.ts';
import { lambdaMetric, ownMetric, queueMetric, type Statistic, tableMetric, topicMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';
import { graphWidget, type Line, type Widget } from './widget.ts';

const functionNames = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
const tableNames = ['objects', 'scans', 'matches'] as const;
const visible = 'ApproximateNumberOfMessagesVisible';

/**
 * The widgets of the dashboard, in order: the alarms, the work, waiting messages, functions,
 * storage.
 */
export function widgetsOf(
  { region, names }: Pick<StackContext, 'region' | 'names'>,
  { storage, queues, topics, functions }: Watched,
  alarmArns: readonly Input<string>[],
): readonly Widget[] {
  const { 'live-analyzer': live, 'retro-analyzer': retro, 'scan-finisher': finisher } = functions;
  const count = { unit: 'a minute' } as const;
  const of = (analyzer: typeof live, metrics: Readonly<Record<string, MetricName>>): readonly Line[] =>
    Object.entries(metrics).map(([label, name]) => ({ label, metric: ownMetric(analyzer, name) }));
  const objects = { analyzed: 'ObjectsAnalyzed', failed: 'ObjectsFailed' } as const;
  const ofFunctions = (metric: Parameters<typeof lambdaMetric>[1], statistic: Statistic) =>
    functionNames.map((name) => ({ label: name, metric: lambdaMetric(functions[name], metric, statistic) }));
  const ofTables = (metric: Parameters<typeof tableMetric>[1]) =>
    tableNames.flatMap((name) => [
      { label: name, metric: tableMetric(storage.tables[name], metric) },
      ...tables[name].indexes.map((index) => ({
        label: `${name} ${index.name}`,
        metric: tableMetric(storage.tables[name], metric, index.name),
      })),
    ]);

  return [
    { type: 'text', width: 24, height: 1, properties: { markdown: `# ${names.base}` } },
    { type: 'alarm', width: 24, height: 5, properties: { title: 'Alarms', alarms: alarmArns } },
    graphWidget(region, 'New files', of(live, objects), { ...count, isStacked: true }),
    graphWidget(region, 'Objects of retro scans', of(retro, objects), { ...count, isStacked: true }),
    graphWidget(
      region,
      'Alerts, published',
      [{ label: 'alerts', metric: topicMetric(topics.alertsArn, 'NumberOfMessagesPublished') }],
      count,
    ),
    graphWidget(
      region,
      'Oldest message',
      (['live', 'retro', 'preview'] as const).map((name) => ({
        label: name,
        metric: queueMetric(queues[name].name, 'ApproximateAgeOfOldestMessage'),
      })),
      { unit: 'seconds' },
    ),
    graphWidget(
      region,
      'Messages',
      (['live', 'retro', 'preview'] as const).flatMap((name) => [
        { label: `${name}, waiting`, metric: queueMetric(queues[name].name, visible) },
        {
          label: `${name}, in work`,
          metric: queueMetric(queues[name].name, 'ApproximateNumberOfMessagesNotVisible'),
        },
      ]),
      { unit: 'messages' },
    ),
    graphWidget(
      region,
      'Dead letters',
      [
        { label: 'live', metric: queueMetric(queues.live.deadLetterName, visible) },
        { label: 'retro', metric: queueMetric(queues.retro.deadLetterName, visible) },
        { label: 'preview', metric: queueMetric(queues.preview.deadLetterName, visible) },
        { label: 'failures', metric: queueMetric(queues.failures.name, visible) },
        ...(topics.undelivered === null
          ? []
          : [{ label: 'undelivered', metric: queueMetric(topics.undelivered.name, visible) }]),
      ],
      { unit: 'messages' },
    ),
    graphWidget(region, 'Retro scans: without progress', of(finisher, { longest: 'OldestScanIdleSeconds' }), {
      unit: 'seconds',
    }),
    graphWidget(
      region,
      'Ruleset',
      [
        { label: 'rules', metric: ownMetric(finisher, 'RulesetRules') },
        { label: 'active number', metric: ownMetric(finisher, 'RulesetSequence') },
        { label: 'number applied', metric: ownMetric(live, 'AppliedRulesetSequence', 'Minimum') },
      ],
      { unit: '' },
    ),
    graphWidget(region, 'Errors of functions', ofFunctions('Errors', 'Sum'), count),
    graphWidget(region, 'Throttles of functions', ofFunctions('Throttles', 'Sum'), count),
    graphWidget(
      region,
      'Problems',
      functionNames.map((name) => ({ label: name, metric: ownMetric(functions[name], 'Problems') })),
      count,
    ),
    graphWidget(region, 'Duration, average', ofFunctions('Duration', 'Average'), { unit: 'milliseconds' }),
    graphWidget(region, 'Duration, longest', ofFunctions('Duration', 'Maximum'), { unit: 'milliseconds' }),
    graphWidget(region, 'Concurrency', ofFunctions('ConcurrentExecutions', 'Maximum'), { unit: 'at once' }),
    graphWidget(region, 'Tables: read units', ofTables('ConsumedReadCapacityUnits'), { ...count, isStacked: true }),
    graphWidget(region, 'Tables: write units', ofTables('ConsumedWriteCapacityUnits'), { ...count, isStacked: true }),
    graphWidget(
      region,
      'Tables: throttles',
      [
        ...ofTables('ReadThrottleEvents').map((line) => ({ ...line, label: `${line.label}, reads` })),
        ...ofTables('WriteThrottleEvents').map((line) => ({ ...line, label: `${line.label}, writes` })),
      ],
      count,
    ),
  ];
}
