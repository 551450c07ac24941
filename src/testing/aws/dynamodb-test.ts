import test, { type ExecutionContext, type TestFn } from 'ava';
import type { Table } from '../../adapters/aws/dynamodb/table.ts';
import type { TableDefinition } from '../../adapters/aws/dynamodb/tables.ts';
import { type DynamoKind, dynamoClientOf, makeTable, missingDynamo, startDynamo } from './dynamodb-emulator.ts';

/** Tests that need DynamoDB: skipped, with the reason in the title, where there is none. */
export interface DynamoTest {
  readonly test: TestFn;
  /** An empty table; all tests of a file share one server. */
  makeTable(t: ExecutionContext, definition: TableDefinition): Promise<Table>;
}

export function dynamoTest(kind: DynamoKind = 'dynoxide'): DynamoTest {
  const missing = missingDynamo(kind);
  let server: Promise<{ readonly endpoint: string }> | undefined;
  const stops: (() => void)[] = [];
  let tables = 0;
  test.after.always(() => {
    for (const stop of stops) stop();
  });
  return {
    test: missing === null ? test : skipped(missing),
    async makeTable(t, definition) {
      server ??= startDynamo({ teardown: (stop) => void stops.push(() => void stop()) }, kind);
      const { endpoint } = await server;
      tables += 1;
      return makeTable(dynamoClientOf(t, endpoint), definition, `${definition.name}-${tables}`);
    },
  };
}

function skipped(reason: string): TestFn {
  return Object.assign(
    (title: string, implementation: never) => test.skip(`${title} (${reason})`, implementation),
    test,
  );
}
