import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BillingMode, CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ExecutionContext } from 'ava';
import { createTable, type Table } from '../adapters/aws/dynamodb/table.ts';
import { partitionKey, sortKey, type TableDefinition } from '../adapters/aws/dynamodb/tables.ts';

const binary = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));
const attempts = 5;

/** Why there is no DynamoDB on this machine; null where there is. The emulator is an optional dependency for Linux on x64. */
export const noDynamo: string | null = existsSync(binary)
  ? null
  : 'the DynamoDB emulator @dynoxide/linux-x64 runs on Linux on x64 only';

/** A DynamoDB of its own on the loopback device, in memory, gone with the test. */
export async function startDynamo(t: Pick<ExecutionContext, 'teardown'>): Promise<{ readonly endpoint: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(binary, ['serve', '--host', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child)) {
      t.teardown(() => void child.kill('SIGKILL'));
      return { endpoint };
    }
    child.kill('SIGKILL');
    // Another process took the port between the look and the start.
    if (attempt === attempts) throw new Error(`${binary} did not start in ${attempts} attempts.`);
  }
}

export function dynamoClientOf(t: Pick<ExecutionContext, 'teardown'>, endpoint: string): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(() => client.destroy());
  return DynamoDBDocumentClient.from(client);
}

/** Makes an empty table as the definition says. */
export async function makeTable(
  client: DynamoDBDocumentClient,
  definition: TableDefinition,
  name: string,
): Promise<Table> {
  const keys = [partitionKey, sortKey, ...definition.indexes.flatMap((each) => [each.partitionKey, each.sortKey])];
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const indexes = definition.indexes.map((each) => ({
    IndexName: each.name,
    KeySchema: schema(each.partitionKey, each.sortKey),
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  }));
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: BillingMode.PAY_PER_REQUEST,
      KeySchema: schema(partitionKey, sortKey),
      AttributeDefinitions: [...new Set(keys)].map((each) => ({ AttributeName: each, AttributeType: 'S' as const })),
      ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
    }),
  );
  return createTable({ client, name });
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  try {
    while (!ended) {
      const up = await client.send(new ListTablesCommand({})).then(
        () => true,
        () => false,
      );
      if (up && !ended) return true;
      await sleep(20);
    }
    return false;
  } finally {
    client.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
