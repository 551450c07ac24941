import test from 'ava';
import * as z from 'zod';
import { configRows } from './config-table.ts';
import { bare } from './describe-issue.ts';
import { configSchema } from './schema.ts';

/** The keys of a schema, found in another way than by the table. */
function keysOf(schema: z.ZodObject, prefix = ''): readonly string[] {
  return Object.entries(schema.shape).flatMap(([name, each]) => {
    const inner = bare(each);
    const key = `${prefix}${name}`;
    if (inner instanceof z.ZodObject) return keysOf(inner, `${key}.`);
    if (!(inner instanceof z.ZodArray)) return [key];
    return inner.element instanceof z.ZodObject ? [key, ...keysOf(inner.element, `${key}[].`)] : [key];
  });
}

test('every key has a row, and so have only objects that may be null', (t) => {
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

test('defaults are those of the program', (t) => {
  const byKey = new Map(configRows().map(({ key, fallback }) => [key, fallback]));
  const config = configSchema.parse({});
  t.is(byKey.get('namePrefix'), `\`${config.namePrefix}\``);
  t.is(byKey.get('live.memoryMb'), `\`${config.live.memoryMb}\``);
  t.is(byKey.get('corpus.expireDays'), 'null');
  t.is(byKey.get('existingBuckets[].prefix'), 'empty');
  t.is(byKey.get('unpack.passwords'), config.unpack.passwords.map((each) => `\`${each}\``).join(', '));
  t.is(byKey.get('quarantine.severities'), 'none');
  const needed = [...byKey].flatMap(([key, fallback]) => (fallback === null ? [key] : []));
  t.deepEqual(needed, [
    'existingBuckets[].name',
    'subscriptions[].protocol',
    'subscriptions[].endpoint',
    'github.repository',
  ]);
});

test('each key has its own description', (t) => {
  const descriptions = configRows().map(({ description }) => description);
  for (const each of descriptions) t.regex(each, /^[`A-Z][^\n]{5,}[^.]$/);
});
