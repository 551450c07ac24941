import { dynamoTest } from '../../../testing/aws/dynamodb-test.ts';
import { insertNew } from './insert-new.ts';
import type { Item, Table } from './table.ts';
import { objectsTable } from './tables.ts';

const item = (pk: string, more: Item = {}): Item => ({ pk, sk: 'record', ...more });
const keyOf = (pk: string) => ({ pk, sk: 'record' });

/** A client that counts its requests, and calls `after` when a response came. */
function counting({ client, name }: Table, after: () => void = () => undefined) {
  const sizes: number[] = [];
  const counted = Object.create(client, {
    send: {
      async value(command: Parameters<typeof client.send>[0]) {
        const { Statements: statements } = command.input as { readonly Statements: readonly unknown[] };
        sizes.push(statements.length);
        const output = await client.send(command);
        after();
        return output;
      },
    },
  }) as Table['client'];
  return { sizes, table: { client: counted, name } };
}

// Amazon's own emulator reads statements as the service does.
for (const kind of ['dynoxide', 'amazon'] as const) {
  const { test, makeTable } = dynamoTest(kind);

  test(`${kind}: an item is returned as it was inserted`, async (t) => {
    const table = await makeTable(t, objectsTable);
    const all = item('a', {
      ...{ text: 'x', empty: '', number: 7, nothing: null, yes: true, "it's": 1 },
      ...{ bytes: new Uint8Array([0, 255]), map: { counts: { objects: 1 } }, list: [1, 'b'] },
    });
    t.deepEqual(await insertNew(table, [all, item('b')]), ['written', 'written']);
    t.deepEqual(await table.get(keyOf('a')), all);
  });

  test(`${kind}: an item whose key is taken is not written, and the others are`, async (t) => {
    const table = await makeTable(t, objectsTable);
    await table.put(item('b', { by: 'another process' }));
    const results = await insertNew(table, [item('a'), item('b', { by: 'this process' }), item('c')]);
    t.deepEqual(results, ['written', 'exists', 'written']);
    t.is((await table.get(keyOf('b')))?.['by'], 'another process');
    t.deepEqual(await table.get(keyOf('c')), item('c'));
  });

  test(`${kind}: a statement that is refused leaves its item unknown, and the others are written`, async (t) => {
    const table = await makeTable(t, objectsTable);
    const tooLarge = item('b', { bytes: new Uint8Array(401 * 1024) });
    t.deepEqual(await insertNew(table, [item('a'), tooLarge, item('c')]), ['written', 'unknown', 'written']);
    t.deepEqual(await table.get(keyOf('c')), item('c'));
    t.is(await table.get(keyOf('b')), null);
  });
}

const { test, makeTable } = dynamoTest();

test('25 items are one request', async (t) => {
  const { sizes, table } = counting(await makeTable(t, objectsTable));
  const items = Array.from({ length: 60 }, (_, index) => item(`item ${index}`));
  t.deepEqual(
    await insertNew(table, items),
    items.map(() => 'written'),
  );
  t.deepEqual(
    sizes.toSorted((a, b) => b - a),
    [25, 25, 10],
  );
});

test('if a response is lost, the items of its request are unknown, and those of other requests are not', async (t) => {
  let responses = 0;
  const given = await makeTable(t, objectsTable);
  const { table } = counting(given, () => {
    responses += 1;
    if (responses === 1) throw new Error('lost');
  });
  const items = Array.from({ length: 30 }, (_, index) => item(`item ${index}`));
  const results = await insertNew(table, items);
  t.true([5, 25].includes(results.filter((each) => each === 'unknown').length));
  t.is(results.filter((each) => each === 'written').length + results.filter((each) => each === 'unknown').length, 30);
});
