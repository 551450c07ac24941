import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PointerStore } from '../../../ports/pointer-store.ts';
import { holds, translated } from './errors.ts';
import type { ItemKey, Table } from './table.ts';

const row = z.object({ value: z.string(), revision: z.number() });

/** Pointers in DynamoDB: one item each, moved by conditional writes and read consistently. */
export function createDynamoPointerStore(table: Table): PointerStore {
  return {
    async get(name) {
      const item = await table.get(keyOf(name));
      return item === null ? null : row.parse(item);
    },
    compareAndSet: (name, expected, value) => {
      const command = new UpdateCommand({
        TableName: table.name,
        Key: { ...keyOf(name) },
        UpdateExpression: 'SET #value = :value, revision = :next',
        ConditionExpression: expected === null ? 'attribute_not_exists(pk)' : 'revision = :expected',
        ExpressionAttributeNames: { '#value': 'value' },
        ExpressionAttributeValues: {
          ':value': value,
          ':next': (expected ?? 0) + 1,
          ...(expected === null ? {} : { ':expected': expected }),
        },
      });
      return translated(table.name, () => holds(() => table.client.send(command)));
    },
  };
}

function keyOf(name: string): ItemKey {
  return { pk: `pointer#${name}`, sk: 'pointer' };
}
