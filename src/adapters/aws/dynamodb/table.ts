import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { RearviewError } from '../../../domain/errors.ts';
import { translated } from './errors.ts';
import { type Inserted, insertNew } from './insert-new.ts';
import { partitionKey, sortKey } from './tables.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const keysPerGet = 100;
/** Actions per transaction. */
export const maxActions = 100;
const concurrentGets = 4;
/**
 * Attempts of a transaction that loses against others, each with their writes in view. After that,
 * the message returns to its queue.
 */
const maxAttempts = 25;

export type Item = Record<string, unknown>;
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}
type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
/** One action of a transaction on a table, without the table's name. */
export type Action =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly update: ItemKey; readonly expression: string; readonly condition?: Condition }
  | { readonly remove: ItemKey; readonly condition?: Condition };
/**
 * An expression; its names and values, like those of an update, are taken from the action's `names`
 * and `values`.
 */
export type Condition = string;

export interface Transaction {
  readonly actions: readonly (Action & {
    readonly names?: Readonly<Record<string, string>>;
    readonly values?: Readonly<Record<string, unknown>>;
  })[];
}

/**
 * One DynamoDB table, with what its adapters need and the SDK does not provide: whole batches,
 * whole queries, and retries.
 */
export interface Table {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  /** Items by key, read consistently, in no order, without missing ones. */
  getAll(keys: readonly ItemKey[]): Promise<readonly Item[]>;
  /** All items of a query, a page at a time. */
  query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item>;
  /** One item, read consistently. */
  get(key: ItemKey): Promise<Item | null>;
  /** Writes one item, over any that is there. */
  put(item: Item): Promise<void>;
  /** Writes items that are thought to be new, many in a request: see `insertNew`. */
  insertNew(items: readonly Item[]): Promise<readonly Inserted[]>;
  /**
   * Writes all or nothing. Returns false if a condition was not met or another write was in
   * progress; read the items again then. One action is written without a transaction, which costs
   * half. The SDK repeats it if a response is lost: its condition may then fail because of the
   * first request, and a number that it adds would be added twice.
   * @throws RearviewError `ERR_UNAVAILABLE` (retryable), `ERR_CONFIG`
   */
  write(actions: Transaction['actions']): Promise<boolean>;
}

export function createTable({
  client,
  name,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}): Table {
  async function getSome(keys: readonly ItemKey[]): Promise<readonly Item[]> {
    const items: Item[] = [];
    let wanted: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ [partitionKey]: pk, [sortKey]: sk }));
    for (let attempt = 0; wanted.length > 0; attempt += 1) {
      if (attempt > 0) await pauseBefore(attempt, name);
      const output = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys: wanted, ConsistentRead: true } } }),
      );
      items.push(...(output.Responses?.[name] ?? []));
      // The service returns keys above 16 MB or throttled ones.
      wanted = output.UnprocessedKeys?.[name]?.Keys ?? [];
    }
    return items;
  }

  const getAll: Table['getAll'] = (keys) =>
    translated(name, async () => {
      const distinct = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
      const pages: ItemKey[][] = [];
      for (let at = 0; at < distinct.length; at += keysPerGet) pages.push(distinct.slice(at, at + keysPerGet));
      return (await pMap(pages, getSome, { concurrency: concurrentGets })).flat();
    });

  return {
    name,
    client,
    getAll,
    get: async (key) => (await getAll([key]))[0] ?? null,
    put: (item) =>
      translated(name, async () => void (await client.send(new PutCommand({ TableName: name, Item: item })))),
    insertNew: (items) => insertNew({ client, name }, items),
    async *query(input) {
      let start: QueryCommandInput['ExclusiveStartKey'];
      do {
        const command = new QueryCommand({
          TableName: name,
          ...input,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        const page = await translated(name, () => client.send(command));
        yield* page.Items ?? [];
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    },
    async write(actions) {
      const items = actions.map((action) => itemOf(name, action));
      const [only, ...others] = items;
      const send = () =>
        only === undefined || others.length > 0
          ? client.send(new TransactWriteCommand({ TransactItems: items }))
          : sendOne(client, only);
      try {
        await translated(name, () =>
          send().catch((error: unknown) => {
            throw isLost(error) ? new Lost() : error;
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof Lost) return false;
        throw error;
      }
    },
  };
}

/** A write that a condition or another write stopped. */
class Lost extends Error {}

function isLost(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) return mayPass(error);
  return error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException;
}

async function sendOne(client: DynamoDBDocumentClient, { Put, Update, Delete }: TransactItem): Promise<unknown> {
  if (Put !== undefined) return client.send(new PutCommand(Put));
  if (Update !== undefined) return client.send(new UpdateCommand(Update));
  if (Delete !== undefined) return client.send(new DeleteCommand(Delete));
  return undefined;
}

function mayPass({ CancellationReasons: reasons = [] }: TransactionCanceledException): boolean {
  return reasons.every(({ Code: code }) =>
    ['None', 'ConditionalCheckFailed', 'TransactionConflict', undefined].includes(code),
  );
}

/**
 * Reads and writes repeatedly until no other writer intervenes.
 * @param attempt returns undefined if its write was lost
 * @param options.longestPauseMs between two attempts. Default: 2,000
 * @throws RearviewError `ERR_UNAVAILABLE` (retryable) if it keeps losing
 */
export async function untilWritten<T>(
  table: string,
  attempt: () => Promise<{ readonly done: T } | undefined>,
  { longestPauseMs = 2000 }: { readonly longestPauseMs?: number } = {},
): Promise<T> {
  for (let count = 0; ; count += 1) {
    if (count > 0) await pauseBefore(count, table, longestPauseMs);
    const result = await attempt();
    if (result !== undefined) return result.done;
  }
}

/**
 * Increases each time, with full jitter:
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
async function pauseBefore(attempt: number, table: string, longestPauseMs = 2000): Promise<void> {
  if (attempt >= maxAttempts) {
    throw new RearviewError('ERR_UNAVAILABLE', `The DynamoDB table ${table} is too busy: ${attempt} attempts failed.`, {
      retryable: true,
    });
  }
  await sleep(Math.random() * Math.min(longestPauseMs, 20 * 2 ** attempt));
}

function itemOf(table: string, action: Transaction['actions'][number]): TransactItem {
  const { names, values, condition } = action;
  const shared = {
    TableName: table,
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: { ...values } }),
  };
  if ('put' in action) return { Put: { ...shared, Item: action.put } };
  if ('remove' in action) return { Delete: { ...shared, Key: keyOf(action.remove) } };
  return { Update: { ...shared, Key: keyOf(action.update), UpdateExpression: action.expression } };
}

function keyOf({ pk, sk }: ItemKey): Item {
  return { [partitionKey]: pk, [sortKey]: sk };
}
