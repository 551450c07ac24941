import * as pulumi from '@pulumi/pulumi';
import { tables } from '../../../src/adapters/aws/dynamodb/tables.ts';
import type { TableHandle } from '../../handles.ts';
import { type AlarmDefinition, lastingly } from '../alarm.ts';
import { tableMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Alarms of each table: that DynamoDB holds requests back, or fails. Each metric by itself: where one has no data, sums of them would have none. */
export function tableAlarms({ storage }: Watched): readonly AlarmDefinition[] {
  return (['objects', 'scans', 'matches'] as const).flatMap((name) => {
    const handle = storage.tables[name];
    const indexes = tables[name].indexes.map((index) => index.name);
    return [
      throttleAlarm(`${name}-table-read-throttles`, handle, 'ReadThrottleEvents'),
      throttleAlarm(`${name}-table-write-throttles`, handle, 'WriteThrottleEvents'),
      // Where an index does not keep up, writes to its table are held back.
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
      'DynamoDB holds requests back, for a quarter of an hour without a break; they are tried again, so work slows down and nothing is lost. A table on demand takes twice its former peak at once and grows within the half hour. If it lasts, hold back the retro scan: `rearview --target aws retro list`, `rearview --target aws retro pause <id>`, and lower retro.maxConcurrency; or ask for a higher quota of the account.',
    watching: { metric: tableMetric(table, metric, index) },
  };
}

/**
 * DynamoDB tells of its errors by table and operation: a query finds all operations.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */
function systemErrorAlarm(name: string, table: TableHandle): AlarmDefinition {
  return {
    ...{ part: `${name}-table-errors`, ...lastingly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
    description:
      'DynamoDB answers with errors of its own, for a quarter of an hour without a break. Requests are tried again and messages come again, so nothing is lost while it lasts. See the AWS Health Dashboard; when it is over, `rearview --target aws queue status` shows what ended as dead letters, and `rearview --target aws queue redrive` puts it back.',
    watching: {
      query: pulumi.interpolate`SELECT SUM(SystemErrors) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE TableName = '${table.name}'`,
    },
  };
}
