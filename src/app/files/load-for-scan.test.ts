import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { openContentCache } from '../../adapters/local/content-cache.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { Teardown } from '../../testing/teardown.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { loadForScan } from './load-for-scan.ts';

async function loaded(t: Teardown, files: Readonly<Record<string, string | Uint8Array>>, keepGoing: boolean) {
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

test('with a cache, many rules are compiled once; a change and an error count as without one', async (t) => {
  const dir = tempFolder(t);
  const cache = openContentCache(join(dir, 'cache'), { now: () => 0 });
  const rules = join(dir, 'rules');
  mkdirSync(join(rules, 'vendor/pack'), { recursive: true });
  writeFileSync(join(rules, 'large.yar'), `// ${'x'.repeat(300 * 1024)}\nrule large { condition: true }\n`);
  const load = async (condition: string, given = cache) => {
    for (const name of ['own.yar', 'vendor/pack/a.yar']) {
      writeFileSync(join(rules, name), `rule one { condition: ${condition} }\nrule two { condition: true }\n`);
    }
    const { ruleset, explain, ...rest } = await loadForScan(rules, { keepGoing: false, cache: given });
    const { image = null, ...plain } = ruleset;
    return { image, plain: { ...plain, ...rest, explained: (await explain()).map(({ file }) => file) } };
  };
  const pool = createScanPool({ workers: 1 });
  const matches = async ({ image, plain: { id, sources } }: Awaited<ReturnType<typeof load>>) => {
    const ruleset = { id, sources, image };
    const report = await pool.scan({ ruleset, bytes: Buffer.from('abc'), externals: externalsOf('/x') });
    return report.status === 'scanned' ? report.matches.map(({ rule }) => rule).sort() : report.status;
  };
  try {
    for (const condition of ['filesize < 9', 'filesize < 9', 'filesize > 9', 'foo', 'filesize < 9']) {
      const [expected, found] = [await load(condition, null), await load(condition)];
      t.deepEqual(found.plain, expected.plain, condition);
      t.is(expected.image, null);
      t.is(found.image === null, condition === 'foo');
      if (condition !== 'foo') t.deepEqual(await matches(found), await matches(expected), condition);
    }
    t.deepEqual((await load('filesize < 9')).image, (await load('filesize < 9')).image);
  } finally {
    await pool.close();
    cache?.close();
  }
});

test('a file that cannot be loaded is not compiled to explain why others do not', async (t) => {
  const { errors, explained } = await loaded(
    t,
    { 'bad.yar': 'rule b { condition: foo }', 'binary.yar': Buffer.from('rule x { \xff condition: foo }', 'latin1') },
    false,
  );
  t.is(errors.length, 1, `${errors}`);
  t.regex(errors[0] ?? '', /^binary\.yar:/);
  t.deepEqual(explained, ['bad.yar:1']);
});
