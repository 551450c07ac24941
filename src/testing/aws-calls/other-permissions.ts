import * as z from 'zod';
import type { ContextKeys, KeyAction, Permission } from './permission.ts';
import { headerOf, type RecordedRequest } from './recorded-request.ts';

type Request = Pick<RecordedRequest, 'path' | 'headers' | 'body'>;

const table = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const batch = z.object({
  RequestItems: z.record(z.string(), z.array(z.record(z.string(), z.unknown())).or(z.object({}))),
});
const transaction = z.object({ TransactItems: z.array(z.record(z.string(), table.loose())) });
const statements = z.object({
  Statements: z.array(z.object({ Statement: z.string(), Parameters: z.array(z.record(z.string(), z.unknown())) })),
});
const signing = z.object({ KeyId: z.string(), MessageType: z.string(), SigningAlgorithm: z.string() });
const attributes = z.object({ pk: z.object({ S: z.string() }) });
const written = z.union([
  z.object({ Key: attributes }).transform(({ Key }) => Key.pk.S),
  z.object({ Item: attributes }).transform(({ Item }) => Item.pk.S),
]);
const queued = z.object({ QueueUrl: z.string() });

/**
 * A user of the table needs its key, by the service:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const tableKeys: readonly KeyAction[] = ['kms:Decrypt'];

/**
 * The permissions that a request to DynamoDB needs. A transaction needs those of its parts:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function dynamoPermissions(request: Request): readonly Permission[] {
  const operation = operationOf(request, 'DynamoDB_20120810.');
  const input: unknown = JSON.parse(request.body);
  if (operation === 'TransactWriteItems') {
    return transaction.parse(input).TransactItems.flatMap((item) =>
      Object.entries(item).map(([part, { TableName, ...rest }]) => ({
        action: `dynamodb:${part === 'ConditionCheck' ? 'ConditionCheckItem' : `${part}Item`}`,
        on: { type: 'table', table: TableName },
        keys: tableKeys,
        context: { 'dynamodb:EnclosingOperation': operation, ...leadingKey(rest) },
      })),
    );
  }
  if (operation === 'BatchExecuteStatement') return statements.parse(input).Statements.map(insertPermission);
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.keys(batch.parse(input).RequestItems).map((name) => ({
      ...{ action: `dynamodb:${operation}`, on: { type: 'table', table: name }, keys: tableKeys },
    }));
  }
  if (!['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'DescribeTable'].includes(operation)) {
    throw new Error(`Unknown operation ${operation}: see other-permissions.ts.`);
  }
  const { TableName, IndexName } = table.parse(input);
  const on = { type: 'table', table: TableName, ...(IndexName === undefined ? {} : { index: IndexName }) } as const;
  const context = ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation) ? leadingKey(input) : {};
  return [{ action: `dynamodb:${operation}`, on, context, keys: operation === 'DescribeTable' ? [] : tableKeys }];
}

/**
 * The permission that an `INSERT` of PartiQL needs:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
function insertPermission({ Statement, Parameters }: z.infer<typeof statements>['Statements'][number]): Permission {
  const [, table, attributes = ''] = /^INSERT INTO "([^"]+)" VALUE \{(.*)\}$/.exec(Statement) ?? [];
  if (table === undefined) throw new Error(`Unknown statement ${Statement}: see other-permissions.ts.`);
  const names = attributes.split(', ').map((each) => each.replace(/^'(.*)': \?$/, '$1'));
  const Item = Object.fromEntries(names.map((name, index) => [name, Parameters[index]]));
  return {
    ...{ action: 'dynamodb:PartiQLInsert', on: { type: 'table', table }, keys: tableKeys },
    context: { 'dynamodb:EnclosingOperation': 'BatchExecuteStatement', ...leadingKey({ Item }) },
  };
}

/**
 * The partition that is written to, which policies may look at:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function leadingKey(input: unknown): ContextKeys {
  return { 'dynamodb:LeadingKeys': [written.parse(input)] };
}

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const queueKeys: Readonly<Record<string, readonly KeyAction[]>> = {
  SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'],
  ReceiveMessage: ['kms:Decrypt'],
};

/**
 * The permissions of requests, including those with several messages:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
export function sqsPermissions(request: Request): readonly Permission[] {
  const operation = operationOf(request, 'AmazonSQS.').replace(/Batch$/, '');
  const { QueueUrl } = queued.parse(JSON.parse(request.body));
  return [queuePermission(operation, QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1))];
}

/** One permission on a queue, with the actions on the key of the queue. */
export function queuePermission(operation: string, queue: string): Permission {
  return { action: `sqs:${operation}`, on: { type: 'queue', queue }, keys: queueKeys[operation] ?? [] };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const topicKeys: Readonly<Record<string, readonly KeyAction[]>> = { Publish: ['kms:GenerateDataKey', 'kms:Decrypt'] };

export function snsPermissions({ body }: Request): readonly Permission[] {
  const input = new URLSearchParams(body);
  const operation = input.get('Action') ?? '';
  const arn = input.get('TopicArn') ?? '';
  const on = { type: 'topic', topic: arn.slice(arn.lastIndexOf(':') + 1) } as const;
  return [{ action: `sns:${operation.replace(/Batch$/, '')}`, on, keys: topicKeys[operation] ?? [] }];
}

/**
 * By the caller, and not by a service:
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export function kmsPermissions(request: Request): readonly Permission[] {
  const operation = operationOf(request, 'TrentService.');
  if (operation !== 'Sign') throw new Error(`Unknown operation ${operation}: see other-permissions.ts.`);
  const { KeyId, MessageType, SigningAlgorithm } = signing.parse(JSON.parse(request.body));
  const context = { 'kms:MessageType': MessageType, 'kms:SigningAlgorithm': SigningAlgorithm };
  return [{ action: 'kms:Sign', on: { type: 'key', key: KeyId }, context }];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function lambdaPermissions({ path }: Request): readonly Permission[] {
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (name === undefined) throw new Error(`Unknown path ${path}: see other-permissions.ts.`);
  return [{ action: 'lambda:InvokeFunction', on: { type: 'function', function: decodeURIComponent(name) } }];
}

function operationOf(request: Request, prefix: string): string {
  const target = headerOf(request, 'x-amz-target') ?? '';
  if (!target.startsWith(prefix)) throw new Error(`${target} does not begin with ${prefix}`);
  return target.slice(prefix.length);
}
