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

/** Pointers lie in the table of scans, each in a partition of its own: src/adapters/aws/dynamodb/pointer-store.ts. */
const pointer = (name: string) => `pointer#${name}`;
const leadingKeys = 'dynamodb:LeadingKeys';

/**
 * Scans and their ledgers. A report that replaces another deletes what the other had more. Of pointers, which lie in the same table, any is read, and those are
 * written that are named: whoever moves `ruleset/current` says what everyone scans with.
 */
export function scans(resources: RoleResources, ownPointers: readonly string[] = []): readonly Statement[] {
  const writing = (sid: string, actions: readonly string[], condition: NonNullable<Statement['Condition']>) => ({
    ...onTable(resources, sid, 'scans', actions),
    Condition: condition,
  });
  return [
    onTable(resources, 'Scans', 'scans', [read, query]),
    writing('WriteScans', [put, update, remove], { 'ForAllValues:StringNotLike': { [leadingKeys]: pointer('*') } }),
    ...(ownPointers.length === 0
      ? []
      : [
          writing('WritePointers', [update], {
            'ForAllValues:StringEquals': { [leadingKeys]: ownPointers.map(pointer) },
          }),
        ]),
  ];
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
