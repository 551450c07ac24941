import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { Teardown } from '../../testing/teardown.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { loadForScan } from './load-for-scan.ts';

async function loaded(t: Teardown, files: Readonly<Record<string, string>>, keepGoing: boolean) {
  const dir = tempFolder(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const { ruleset, errors, leftOut, explain } = await loadForScan(dir, { keepGoing });
  return {
    rules: ruleset.sources.flatMap(({ namespace, source }) =>
      parseSource(source).rules.map(({ name }) => `${namespace}:${name}`),
    ),
    errors: errors.map(({ file, line, code }) => `${file}:${line} ${code}`),
    leftOut: leftOut.map(({ namespace, rule }) => `${namespace}:${rule}`),
    explained: (await explain()).map(({ file, line }) => `${file}:${line}`),
  };
}

const files = {
  'own.yar': 'rule good { condition: true }\nrule bad { condition: foo }',
  'vendor/pack/a.yar': 'rule one { condition: foo }\nrule two { condition: true }',
};

test('a public rule that does not compile is left out, and others only on request', async (t) => {
  const rest = { leftOut: ['vendor/pack/a.yar:one'], errors: [] };
  t.deepEqual(await loaded(t, files, false), {
    ...rest,
    rules: ['own.yar:good', 'own.yar:bad', 'vendor/pack/a.yar:two'],
    explained: ['own.yar:2'],
  });
  t.deepEqual(await loaded(t, files, true), {
    ...rest,
    rules: ['own.yar:good', 'vendor/pack/a.yar:two'],
    errors: ['own.yar:2 E009'],
    explained: [],
  });
});
