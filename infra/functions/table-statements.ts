import * as pulumi from '@pulumi/pulumi';
import { timeIndex } from '../../src/adapters/aws/dynamodb/tables.ts';
import type { Statement } from '../handles.ts';
import type { RoleResources } from './role-resources.ts';

/**
 * What may be done to items. Transactions are allowed by what they do: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const read = 'dynamodb:BatchGetItem';
const query = 'dynamodb:Query';
const put = 'dynamodb:PutItem';
const update = 'dynamodb:UpdateItem';
const remove = 'dynamodb:DeleteItem';

/** Records of objects: an analyzer writes them. Nobody updates or deletes one. */
export function recordsWritten(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Records', 'objects', [read, put])];
}

/** What is known of objects, to be looked up alone. */
export function recordsRead(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Records', 'objects', [read])];
}

/** Scans and their ledgers. A report that replaces another deletes what the other had more. */
export function scans(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Scans', 'scans', [read, query, put, update, remove])];
}

/** Matches, and the alerts that they owe, deleted when they are sent. By content alone: no index is asked. */
export function matches(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Matches', 'matches', [read, query, put, update, remove])];
}

/** Alerts that were left behind are found by time, and marked. */
export function owedAlerts(resources: RoleResources): readonly Statement[] {
  const { arn } = resources.storage.tables.matches;
  return [
    onTable(resources, 'OwedAlerts', 'matches', [read, update, remove]),
    {
      Sid: 'OwedAlertsByTime',
      Effect: 'Allow',
      Action: query,
      Resource: pulumi.interpolate`${arn}/index/${timeIndex.name}`,
    },
  ];
}

function onTable(
  { storage: { tables } }: RoleResources,
  sid: string,
  table: keyof typeof tables,
  actions: readonly string[],
): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: tables[table].arn };
}
