import { readFile } from 'node:fs/promises';
import test from 'ava';
import { binaryAlertVariables } from '../testing/binaryalert-variables.ts';
import { configRows } from './config-table.ts';
import { configSchema } from './schema.ts';

const page = await readFile(new URL('../../docs/how-to/migrate-from-binaryalert.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` \| ([^|]+) \| ([^|]*)\|$/gm)].map(
  ([, name, here = '', why = '']) => ({
    name,
    here: here.trim(),
    why: why.trim(),
  }),
);

test('every name in terraform.tfvars has one row', (t) => {
  const inOrder = (names: readonly unknown[]) => names.map(String).toSorted();
  t.deepEqual(inOrder(rows.map(({ name }) => name)), inOrder(binaryAlertVariables));
});

test('a row names a key of the configuration, or a reason for having none', (t) => {
  const known = new Set([...configRows().map(({ key }) => key), ...Object.keys(configSchema.shape)]);
  for (const { name, here, why } of rows) {
    if (here === 'none') {
      t.not(why, '', name);
      continue;
    }
    const keys = here.split(', ').map((each) => /^`([^`]+)`$/.exec(each)?.[1] ?? `not a key: ${each}`);
    for (const key of keys) t.true(known.has(key) || /^aws:(region|allowedAccountIds)$/.test(key), `${name}: ${key}`);
  }
});
