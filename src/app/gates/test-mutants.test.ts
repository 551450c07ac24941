import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { compile } from '../../engine/compile.ts';
import type { ScanPool, ScanReport } from '../../engine/types.ts';
import type { Teardown } from '../../testing/teardown.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { prepareRules } from '../rulesets/prepare-rules.ts';
import { testMutants } from './test-mutants.ts';

const rule = 'rule R { strings: $a = "marker" condition: $a and filesize > 6 and filesize < 100 }';

/** Scans in this thread; a ruleset with one of these texts fails. */
function poolFailingOn(slow: string): Pick<ScanPool, 'scan'> & { readonly scans: number[] } {
  const scans: number[] = [];
  return {
    scans,
    async scan({ ruleset, bytes, externals }): Promise<ScanReport> {
      scans.push(ruleset.sources.length);
      const size = bytes.length;
      if (ruleset.sources.some(({ source }) => source.includes(slow))) {
        return { status: 'failed', reason: 'timeout', detail: 'too slow', size };
      }
      const rules = compile(ruleset.sources);
      const matches = rules.scan(bytes, externals);
      rules.free();
      return { status: 'scanned', sha256: '', md5: '', size, matches, engineMs: 0 };
    },
  };
}

async function prepare(t: Teardown, source: string) {
  const dir = tempFolder(t);
  const [rulesDir, testsDir] = [join(dir, 'rules'), join(dir, 'rule-tests')];
  for (const each of [rulesDir, testsDir]) await mkdir(each);
  await writeFile(join(rulesDir, 'a.yar'), source);
  const tests =
    'tests:\n  - { name: a, sample: { text: "a marker" }, matches: [R] }\n  - { name: b, sample: { text: "" }, matches: [] }\n';
  await writeFile(join(testsDir, 'a.yar.test.yaml'), tests);
  const { loaded, tests: run } = await prepareRules({ rulesDir, testsDir, lint: false });
  if (run === undefined) throw new Error('The tests did not run.');
  return { files: loaded.files, testsDir, run };
}

test('a mutant whose scan fails is noticed, and hides no other', async (t) => {
  const prepared = await prepare(t, rule);
  const plain = await testMutants({ ...prepared, pool: poolFailingOn('no such text') });
  const pool = poolFailingOn('filesize < 99');
  const report = await testMutants({ ...prepared, pool });
  const shown = ({ before, after }: { readonly before: string; readonly after: string }) => `${before} → ${after}`;
  t.true(plain.survivors.some((each) => shown(each) === '100 → 99'));
  t.deepEqual(
    report.survivors.map(shown),
    plain.survivors.map(shown).filter((each) => each !== '100 → 99'),
  );
  t.deepEqual([report.tested, report.noticed], [plain.tested, plain.noticed + 1]);
  t.is(pool.scans[0], report.tested);
});

test('each sample is scanned once with all mutants', async (t) => {
  const pool = poolFailingOn('no such text');
  const { tested } = await testMutants({ ...(await prepare(t, rule)), pool });
  t.deepEqual(pool.scans, [tested, tested]);
});

test('mutants beyond the limit of a rule and those that do not compile are counted', async (t) => {
  const source = `${rule} private rule Wide { condition: filesize > 9223372036854775807 or filesize == 0 }`;
  const prepared = await prepare(t, source);
  const all = await testMutants({ ...prepared, pool: poolFailingOn('no such text') });
  t.is(all.refused, 1, 'the largest number and one');
  const some = await testMutants({ ...prepared, pool: poolFailingOn('no such text'), perRule: 4 });
  t.deepEqual([some.tested + some.refused, some.leftOut], [8, all.tested + all.refused - 8]);
});
