import * as pulumi from '@pulumi/pulumi';
import { timeIndex } from '../../src/adapters/aws/dynamodb/tables.ts';
import type { Statement } from '../handles.ts';
import type { RoleResources } from './role-resources.ts';

/**
 * Actions on items. Transactions are allowed by their actions:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const read = 'dynamodb:BatchGetItem';
const query = 'dynamodb:Query';
const put = 'dynamodb:PutItem';
const update = 'dynamodb:UpdateItem';
const remove = 'dynamodb:DeleteItem';
/** New items, many in a request: src/adapters/aws/dynamodb/insert-new.ts. */
const insert = 'dynamodb:PartiQLInsert';

/** Records of objects: an analyzer writes them. No role updates or deletes them. */
export function recordsWritten(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Records', 'objects', [read, put, insert])];
}

/** Records of objects, read-only. */
export function recordsRead(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Records', 'objects', [read])];
}

/**
 * Pointers are in the table of scans, each in its own partition:
 * src/adapters/aws/dynamodb/pointer-store.ts.
 */
const pointer = (name: string) => `pointer#${name}`;
const leadingKeys = 'dynamodb:LeadingKeys';

interface ScansOptions {
  /** Names of pointers that may be written. Default: none. */
  readonly ownPointers?: readonly string[];
  /** Whether new entries of ledgers may be written many in a request. Default: false. */
  readonly inserts?: boolean;
}

/**
 * Scans and their ledgers. A report that replaces another deletes the surplus items of the other.
 * In the same table, any pointer may be read, but only the named ones written: a writer of
 * `ruleset/current` controls what every function scans with.
 */
export function scans(
  resources: RoleResources,
  { ownPointers = [], inserts = false }: ScansOptions = {},
): readonly Statement[] {
  const writing = (sid: string, actions: readonly string[], condition: NonNullable<Statement['Condition']>) => ({
    ...onTable(resources, sid, 'scans', actions),
    Condition: condition,
  });
  return [
    onTable(resources, 'Scans', 'scans', [read, query]),
    writing('WriteScans', [put, update, remove, ...(inserts ? [insert] : [])], {
      'ForAllValues:StringNotLike': { [leadingKeys]: pointer('*') },
      // Otherwise, a request that does not name its partition would be allowed.
      Null: { [leadingKeys]: 'false' },
    }),
    ...(ownPointers.length === 0
      ? []
      : [
          writing('WritePointers', [update], {
            'ForAllValues:StringEquals': { [leadingKeys]: ownPointers.map(pointer) },
          }),
        ]),
  ];
}

/**
 * Matches, and their owed alerts, which are deleted when they are sent. Only by content: no index
 * is queried.
 */
export function matches(resources: RoleResources): readonly Statement[] {
  return [onTable(resources, 'Matches', 'matches', [read, query, put, update, remove])];
}

/** Pending alerts are found by time, and marked. */
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
