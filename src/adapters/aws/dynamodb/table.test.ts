import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import test, { type ExecutionContext } from 'ava';
import { createTable, type Table, untilWritten } from './table.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A table whose server sends these responses, one after the other; null closes the connection. */
async function tableAnswering(t: ExecutionContext, ...answers: readonly (Answer | null)[]) {
  const bodies: Record<string, unknown>[] = [];
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
    const answer = answers[Math.min(count++, answers.length - 1)];
    if (answer == null) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { table: tableAt(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`), bodies };
}

function tableAt(t: ExecutionContext, endpoint: string): Table {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  t.teardown(() => client.destroy());
  return createTable({ client: DynamoDBDocumentClient.from(client), name: 'scans' });
}

const failure = (status: number, name: string, fields: object = {}): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'No.', Message: 'No.', ...fields },
});
const cancelled = (...codes: readonly string[]) =>
  failure(400, 'TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });
const key = { pk: 'a', sk: 'b' };
const put = { put: { pk: 'a', sk: 'b' } };

test('the error for a missing table names it and what to check', async (t) => {
  const { table } = await tableAnswering(t, failure(400, 'ResourceNotFoundException'));
  await t.throwsAsync(table.get(key), { code: 'ERR_CONFIG', message: /table scans does not exist in this region/ });
});

test('the error for a role without permission names the permission, and the message can wait for it', async (t) => {
  const { table } = await tableAnswering(t, failure(400, 'AccessDeniedException'));
  const error = await t.throwsAsync(table.write([put]), {
    code: 'ERR_CONFIG',
    message: /Cannot use the DynamoDB table/,
  });
  t.like(error, { retryable: true });
});

test('throttling, service faults and network faults are retryable', async (t) => {
  const answers = [
    ...[failure(400, 'ProvisionedThroughputExceededException'), failure(400, 'ThrottlingException')],
    ...[failure(500, 'InternalServerError'), failure(503, 'Whatever'), cancelled('ThrottlingError'), null],
  ];
  for (const answer of answers) {
    const { table } = await tableAnswering(t, answer);
    t.like(await t.throwsAsync(table.write([put]), { code: 'ERR_UNAVAILABLE' }), { retryable: true });
  }
  const unreachable = tableAt(t, 'http://127.0.0.1:1');
  await t.throwsAsync(unreachable.get(key), { code: 'ERR_UNAVAILABLE' });
});

test('a transaction that lost is left for the caller to retry; an invalid one is a bug', async (t) => {
  const lost = await tableAnswering(t, cancelled('None', 'ConditionalCheckFailed'), cancelled('TransactionConflict'));
  t.false(await lost.table.write([put]));
  t.false(await lost.table.write([put]));
  const { table } = await tableAnswering(t, cancelled('ValidationError'));
  await t.throwsAsync(table.write([put]), { name: 'TransactionCanceledException' });
});

test('keys that the service did not process are requested again', async (t) => {
  const item = (sk: string) => ({ pk: { S: 'a' }, sk: { S: sk } });
  const { table, bodies } = await tableAnswering(
    t,
    { status: 200, body: { Responses: { scans: [item('b')] }, UnprocessedKeys: { scans: { Keys: [item('c')] } } } },
    { status: 200, body: { Responses: { scans: [item('c')] } } },
  );
  const items = await table.getAll([key, { pk: 'a', sk: 'c' }, key]);
  t.deepEqual(items.map(({ sk }) => sk).sort(), ['b', 'c']);
  t.is(bodies.length, 2);
  t.true(bodies.every((body) => JSON.stringify(body).includes('"ConsistentRead":true')));
});

test('a query continues to its last page', async (t) => {
  const item = (sk: string) => ({ pk: { S: 'a' }, sk: { S: sk } });
  const { table, bodies } = await tableAnswering(
    t,
    { status: 200, body: { Items: [item('b')], LastEvaluatedKey: item('b') } },
    { status: 200, body: { Items: [], LastEvaluatedKey: item('c') } },
    { status: 200, body: { Items: [item('d')] } },
  );
  const found: unknown[] = [];
  for await (const { sk } of table.query({ KeyConditionExpression: 'pk = :pk' })) found.push(sk);
  t.deepEqual(found, ['b', 'd']);
  t.deepEqual(
    bodies.map((body) => body['ExclusiveStartKey']),
    [undefined, item('b'), item('c')],
  );
});

test('a write that keeps losing is given up as busy', async (t) => {
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    return undefined;
  };
  const error = await t.throwsAsync(untilWritten('scans', attempt, { longestPauseMs: 1 }), { code: 'ERR_UNAVAILABLE' });
  t.like(error, { retryable: true });
  t.true(attempts > 10);
});
