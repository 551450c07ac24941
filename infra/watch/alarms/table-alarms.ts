import * as pulumi from '@pulumi/pulumi';
import { tables } from '../../../src/adapters/aws/dynamodb/tables.ts';
import type { TableHandle } from '../../handles.ts';
import { type AlarmDefinition, lastingly } from '../alarm.ts';
import { tableMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/**
 * Alarms of each table: DynamoDB throttles requests, or fails. Each metric has its own: if one has
 * no data, a sum of them would have none.
 */
export function tableAlarms({ storage }: Watched): readonly AlarmDefinition[] {
  return (['objects', 'scans', 'matches'] as const).flatMap((name) => {
    const handle = storage.tables[name];
    const indexes = tables[name].indexes.map((index) => index.name);
    return [
      throttleAlarm(`${name}-table-read-throttles`, handle, 'ReadThrottleEvents'),
      throttleAlarm(`${name}-table-write-throttles`, handle, 'WriteThrottleEvents'),
      // If an index does not keep up, writes to its table are throttled.
      ...indexes.map((index) =>
        throttleAlarm(`${name}-table-${index}-throttles`, handle, 'WriteThrottleEvents', index),
      ),
      systemErrorAlarm(name, handle),
    ];
  });
}

function throttleAlarm(
  part: string,
  table: TableHandle,
  metric: 'ReadThrottleEvents' | 'WriteThrottleEvents',
  index?: string,
): AlarmDefinition {
  return {
    ...{ part, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
    description:
      'DynamoDB has throttled requests for a quarter of an hour without interruption. They are retried, so work slows down and nothing is lost. An on-demand table immediately handles twice its previous peak, and grows within half an hour. If it lasts, pause the retro scan (`rearview --target aws retro list`, `rearview --target aws retro pause <id>`) and lower retro.maxConcurrency, or request a higher quota of the account.',
    watching: { metric: tableMetric(table, metric, index) },
  };
}

/**
 * DynamoDB reports its errors by table and operation: a query finds all operations.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */
function systemErrorAlarm(name: string, table: TableHandle): AlarmDefinition {
  return {
    ...{ part: `${name}-table-errors`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
    description:
      'DynamoDB has returned internal errors for a quarter of an hour without interruption. Requests are retried and messages delivered again, so nothing is lost meanwhile. See the AWS Health Dashboard. Afterwards, `rearview --target aws queue status` shows dead letters, and `rearview --target aws queue redrive` moves them back.',
    watching: {
      query: pulumi.interpolate`SELECT SUM(SystemErrors) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE TableName = '${table.name}'`,
    },
  };
}
