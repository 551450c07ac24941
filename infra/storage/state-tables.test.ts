import test from 'ava';
import * as z from 'zod';
import { tables } from '../../src/adapters/aws/dynamodb/tables.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { recordProgram } from '../testing/record-program.ts';
import { Storage } from './storage.ts';

const schema = z.looseObject({
  name: z.string(),
  hashKey: z.string(),
  rangeKey: z.string(),
  attributes: z.array(z.strictObject({ name: z.string(), type: z.literal('S') })),
  globalSecondaryIndexes: z.array(
    z.strictObject({
      name: z.string(),
      keySchemas: z.array(z.strictObject({ attributeName: z.string(), keyType: z.string() })),
      projectionType: z.string(),
    }),
  ),
  ttl: z.strictObject({ attributeName: z.string(), enabled: z.boolean() }).optional(),
});

const record = () => recordProgram(async () => new Storage(contextFor('prod')));

test.serial('there are the tables that the code defines, with its keys and indexes', async (t) => {
  const program = await record();
  t.is(program.ofType('Table').length, Object.keys(tables).length);
  for (const definition of Object.values(tables)) {
    const table = schema.parse(program.named(`${definition.name}-table`).inputs);
    t.like(table, { name: `rearview-prod-${definition.name}`, hashKey: 'pk', rangeKey: 'sk' });
    t.deepEqual(
      table.globalSecondaryIndexes,
      definition.indexes.map((index) => ({
        name: index.name,
        keySchemas: [
          { attributeName: index.partitionKey, keyType: 'HASH' },
          { attributeName: index.sortKey, keyType: 'RANGE' },
        ],
        projectionType: 'KEYS_ONLY',
      })),
    );
    // DynamoDB refuses attributes that are not keys, and keys that are not attributes.
    const keys = [
      'pk',
      'sk',
      ...table.globalSecondaryIndexes.flatMap((index) => index.keySchemas.map((each) => each.attributeName)),
    ];
    const names = table.attributes.map(({ name }) => name);
    t.deepEqual(names.toSorted(), [...new Set(keys)].sort());
    const handle = program.result.tables[definition.name as keyof typeof tables];
    t.is(await new Promise((resolve) => handle.name.apply(resolve)), table.name);
  }
});

test.serial('tables are paid per request, and can be restored to any time', async (t) => {
  for (const { inputs } of (await record()).ofType('Table')) {
    t.like(inputs, { billingMode: 'PAY_PER_REQUEST', pointInTimeRecovery: { enabled: true } });
  }
});

test.serial('only ledgers expire: objects, matches and alerts stay', async (t) => {
  const program = await record();
  const ages = program
    .ofType('Table')
    .map(({ inputs }) => schema.parse(inputs))
    .filter(({ ttl }) => ttl !== undefined);
  t.deepEqual(
    ages.map(({ name, ttl }) => ({ name, ttl })),
    [{ name: 'rearview-prod-scans', ttl: { attributeName: 'expiresAt', enabled: true } }],
  );
});
