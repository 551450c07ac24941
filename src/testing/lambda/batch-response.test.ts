import test from 'ava';
import fc from 'fast-check';
import { failedMessageIds } from './batch-response.ts';

const batch = ['a', 'b', 'c'];
const failedOf = (response: unknown) => [...failedMessageIds(batch, JSON.stringify(response))];
const itemsOf = (...ids: readonly unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

test('only the named messages are delivered again, in any order', (t) => {
  fc.assert(
    fc.property(fc.subarray(batch, { minLength: 1 }), fc.boolean(), (named, reversed) => {
      const ids = reversed ? named.toReversed() : named;
      t.deepEqual(failedOf(itemsOf(...ids)).toSorted(), named.toSorted());
    }),
  );
});

test('a message named twice is one', (t) => {
  t.deepEqual(failedOf(itemsOf('b', 'b')), ['b']);
});

for (const [name, response] of [
  ['null', null],
  ['an object without a list', {}],
  ['a list that is null', { batchItemFailures: null }],
  ['an empty list', { batchItemFailures: [] }],
] as const) {
  test(`the whole batch is done when the answer is ${name}`, (t) => {
    t.deepEqual(failedOf(response), []);
  });
}

for (const [name, response] of [
  ['names a message that is not in the batch', itemsOf('a', 'x')],
  ['names a message by the empty string', itemsOf('')],
  ['names a message by null', itemsOf('a', null)],
  ['names a message by a number', itemsOf(1)],
  ['has another key for the identifier', { batchItemFailures: [{ messageId: 'a' }] }],
  ['lists identifiers bare', { batchItemFailures: ['a'] }],
  ['has a list that is none', { batchItemFailures: 'a' }],
  ['is a text', 'done'],
  ['is a list', [{ itemIdentifier: 'a' }]],
] as const) {
  test(`the whole batch is delivered again when the answer ${name}`, (t) => {
    t.deepEqual(failedOf(response), batch);
  });
}
