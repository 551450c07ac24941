import { DescribeTableCommand, type DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { ask } from '../ask.ts';
import { partitionKey, sortKey, type TableDefinition } from '../dynamodb/tables.ts';

export interface TableFacts {
  /** `ACTIVE` if it can be used. */
  readonly status: string;
  /** Differences from the definition as text; empty if there are none. */
  readonly differences: readonly string[];
}

interface Keys {
  readonly keys: readonly KeySchemaElement[];
  readonly types: ReadonlyMap<string, string>;
}

/**
 * Describes a table and compares it with what the adapters need. Additional indexes and attributes
 * are ignored.
 * @throws RearviewError `ERR_CONFIG` if it does not exist or may not be described;
 *   `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectTable(
  client: Pick<DynamoDBClient, 'send'>,
  name: string,
  definition: TableDefinition,
): Promise<TableFacts> {
  const call = { what: `The table ${name}`, permission: 'dynamodb:DescribeTable' };
  const { Table: table } = await ask(call, () => client.send(new DescribeTableCommand({ TableName: name })));
  const types = new Map(
    (table?.AttributeDefinitions ?? []).map(({ AttributeName: attribute = '', AttributeType: type = '' }) => [
      attribute,
      type,
    ]),
  );
  const differences = differencesOf('its key', { keys: table?.KeySchema ?? [], types }, [partitionKey, sortKey]);
  for (const expected of definition.indexes) {
    const found = table?.GlobalSecondaryIndexes?.find(({ IndexName: each }) => each === expected.name);
    if (found === undefined) {
      differences.push(`it lacks the index ${expected.name} (${expected.partitionKey}, ${expected.sortKey})`);
      continue;
    }
    const what = `the key of its index ${expected.name}`;
    differences.push(
      ...differencesOf(what, { keys: found.KeySchema ?? [], types }, [expected.partitionKey, expected.sortKey]),
    );
    const { IndexStatus: status = 'ACTIVE' } = found;
    if (status !== 'ACTIVE') differences.push(`its index ${expected.name} is ${status}`);
  }
  return { status: table?.TableStatus ?? 'unknown', differences };
}

function differencesOf(what: string, { keys, types }: Keys, [hash, range]: readonly [string, string]): string[] {
  const nameOf = (type: string) => keys.find(({ KeyType: each }) => each === type)?.AttributeName;
  const found = [nameOf('HASH'), nameOf('RANGE')];
  if (found[0] !== hash || found[1] !== range) {
    return [`${what} is (${found.map((each) => each ?? 'none').join(', ')}), not (${hash}, ${range})`];
  }
  return [hash, range]
    .filter((each) => types.get(each) !== 'S')
    .map((each) => `${each} in ${what} is of type ${types.get(each) ?? 'unknown'}, not S`);
}
