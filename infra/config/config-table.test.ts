import test from 'ava';
import { z } from 'zod';
import { configRows } from './config-table.ts';
import { bare } from './describe-issue.ts';
import { configSchema } from './schema.ts';

/** The keys of a schema, found another way than the table does. */
function keysOf(schema: z.ZodObject, prefix = ''): readonly string[] {
  return Object.entries(schema.shape).flatMap(([name, each]) => {
    const inner = bare(each);
    const key = `${prefix}${name}`;
    if (inner instanceof z.ZodObject) return keysOf(inner, `${key}.`);
    if (!(inner instanceof z.ZodArray)) return [key];
    return inner.element instanceof z.ZodObject ? [key, ...keysOf(inner.element, `${key}[].`)] : [key];
  });
}

test('every key has a row, and nothing else has but objects that may be null', (t) => {
  const rows = configRows().map(({ key }) => key);
  const keys = keysOf(configSchema);
  t.true(keys.length > 50);
  t.deepEqual(
    keys.filter((key) => !rows.includes(key)),
    [],
  );
  t.deepEqual(
    rows.filter((key) => !keys.includes(key)),
    ['github'],
  );
});

test('defaults are those that the program takes', (t) => {
  const byKey = new Map(configRows().map(({ key, fallback }) => [key, fallback]));
  const config = configSchema.parse({});
  t.is(byKey.get('namePrefix'), `\`${config.namePrefix}\``);
  t.is(byKey.get('live.memoryMb'), `\`${config.live.memoryMb}\``);
  t.is(byKey.get('corpus.expireDays'), 'null');
  t.is(byKey.get('existingBuckets[].prefix'), 'empty');
  const needed = [...byKey].flatMap(([key, fallback]) => (fallback === null ? [key] : []));
  t.deepEqual(needed, [
    'existingBuckets[].name',
    'subscriptions[].protocol',
    'subscriptions[].endpoint',
    'github.repository',
  ]);
});

test('each key is described in a sentence of its own', (t) => {
  const descriptions = configRows().map(({ description }) => description);
  for (const each of descriptions) t.regex(each, /^[`A-Z][^\n]{5,}[^.]$/);
});
