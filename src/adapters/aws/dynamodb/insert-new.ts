import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html */
const statementsPerRequest = 25;
/** Well within the connections of a client. */
const requestsAtOnce = 8;

/**
 * The result for one item: `exists` if there is another under its key, which stays. `unknown` if
 * the write failed or its response was lost: write it separately, which reports the reason.
 */
export type Inserted = 'written' | 'exists' | 'unknown';

/**
 * Writes items that are thought to be new, 25 in a request. Each is written on its own, on
 * condition that its key is free, and costs what a single write costs. No other request writes many
 * items with conditions at that price. Never rejects.
 *
 * @param items with distinct keys
 * @returns the result of each item, in their order
 */
export async function insertNew(
  { client, name }: { readonly client: DynamoDBDocumentClient; readonly name: string },
  items: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly Inserted[]> {
  const pages = Array.from({ length: Math.ceil(items.length / statementsPerRequest) }, (_, index) =>
    items.slice(index * statementsPerRequest, (index + 1) * statementsPerRequest),
  );
  const insertPage = async (page: typeof items): Promise<readonly Inserted[]> => {
    const command = new BatchExecuteStatementCommand({ Statements: page.map((item) => insertOf(name, item)) });
    const results = await client.send(command).then(
      ({ Responses: responses = [] }) => responses,
      () => [],
    );
    return page.map((_, index) => insertedOf(results[index]));
  };
  return (await pMap(pages, insertPage, { concurrency: requestsAtOnce })).flat();
}

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html
 */
function insertOf(table: string, item: Readonly<Record<string, unknown>>) {
  const attributes = Object.keys(item).map((name) => `'${name.replaceAll("'", "''")}': ?`);
  return { Statement: `INSERT INTO "${table}" VALUE {${attributes.join(', ')}}`, Parameters: Object.values(item) };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html */
function insertedOf(
  result: NonNullable<BatchExecuteStatementCommandOutput['Responses']>[number] | undefined,
): Inserted {
  if (result === undefined) return 'unknown';
  if (result.Error === undefined) return 'written';
  return result.Error.Code === 'DuplicateItem' ? 'exists' : 'unknown';
}
