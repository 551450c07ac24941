import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tables } from '../../../adapters/aws/dynamodb/tables.ts';
import { inspectTable } from '../../../adapters/aws/inspect/inspect-table.ts';
import { plural } from '../../output/output.ts';
import { attempt, type CheckResult, fail, ok } from '../check-result.ts';

/** Checks that a table is active and has the keys and indexes that the adapters use. */
export function checkTable(
  client: Pick<DynamoDBClient, 'send'>,
  name: string,
  kind: keyof typeof tables,
): Promise<CheckResult> {
  const definition = tables[kind];
  const check = `table ${definition.name}`;
  return attempt(check, async () => {
    const { status, differences } = await inspectTable(client, name, definition);
    if (status !== 'ACTIVE') return fail(check, `${name} is ${status}: wait until it is ACTIVE, or fix the stack.`);
    if (differences.length > 0)
      return fail(check, `${name}: ${differences.join('; ')}. Create it again with the stack.`);
    return ok(check, `${name} is active, ${plural(definition.indexes.length, 'index', 'indexes')}`);
  });
}
