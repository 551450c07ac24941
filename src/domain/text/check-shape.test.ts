import test from 'ava';
import * as z from 'zod';
import { checkShape } from './check-shape.ts';

const schema = z.object({ name: z.string().min(1).max(5), tags: z.array(z.string()).max(3).default([]) });

test('a value is checked against its schema', (t) => {
  t.deepEqual(checkShape(schema, { name: 'a' }), { success: true, data: { name: 'a', tags: [] } });
  t.deepEqual(checkShape(schema, { name: '' }).error?.issues[0]?.path, ['name']);
});

test('an object with a non-primitive length is refused like any other object', (t) => {
  const hostile: unknown = JSON.parse('{"length":{"toString":1,"valueOf":1}}');
  for (const value of [{ name: hostile }, { name: 'a', tags: hostile }]) t.false(checkShape(schema, value).success);
});

test('an error thrown by a mistake in a schema is passed on', (t) => {
  const wrong = z.string().refine(() => {
    throw new TypeError('a bug');
  });
  t.throws(() => checkShape(wrong, 'a'), { message: 'a bug' });
});
