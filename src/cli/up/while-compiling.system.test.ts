import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { createTestCli, type TestCli } from '../../testing/cli/run-cli.ts';
import { startUp } from '../../testing/cli/start-up.ts';
import { type Compilation, holdCompilations } from '../../testing/local/hold-compilations.ts';
import { readAlerts, ruleFor } from '../../testing/local/test-target.ts';

const meta = 'description = "d" author = "a" date = "2026-01-01" reference = "r" severity = "low"';
const testsOf = (name: string, text: string) =>
  `tests:\n  - { name: it, sample: { text: "${text}" }, matches: [${name}] }\n  - { name: none, sample: { text: "" }, matches: [] }\n`;
const folder = {
  'rules/a.yar': ruleFor('Alpha', 'alpha', meta),
  'rule-tests/a.yar.test.yaml': testsOf('Alpha', 'alpha'),
  'corpus/one.txt': 'nothing',
};

const alertedKeys = async ({ dir }: TestCli) =>
  (await readAlerts(join(dir, '.rearview', 'alerts.jsonl'))).map(({ object: { key } }) => key);

// The threads of the process are shared: one test after the other.
test.serial(
  'while saved rules are checked and compiled, an upload is scanned and alerts before that ends',
  async (t) => {
    t.timeout(120_000);
    const cli = await createTestCli(t);
    await cli.write(folder);
    const up = startUp(t, cli);
    await up.prints(/ready/);
    // The worker for uploads has its thread from now on.
    await cli.write({ '.rearview/inbox/before.txt': 'alpha' });
    await up.prints(/before\.txt: 1 match/);

    const held: Compilation[] = [];
    await holdCompilations(t, async (what) => {
      held.push(what);
      const name = `while-${what}-${held.length}.txt`;
      await cli.write({ [`.rearview/inbox/${name}`]: `alpha ${name}` });
      await up.prints(new RegExp(`${name}: 1 match`));
      while (!(await alertedKeys(cli)).some((key) => key.endsWith(name))) await sleep(20);
    });
    await cli.write({
      'rule-tests/b.yar.test.yaml': testsOf('Beta', 'beta'),
      'rules/b.yar': ruleFor('Beta', 'beta', meta),
    });
    await up.prints(/2 rules in 2 files/);
    t.true(held.includes('check'), 'the rules are checked in another thread');
    t.true(held.includes('image'), 'they are compiled in another thread');
    up.stop();
    t.is((await up.ended).code, 0);
  },
);

for (const [flags, code] of [
  [[], 0],
  [['--once'], 130],
] as const) {
  test.serial(
    `Ctrl-C while the first rules are compiled ends "up ${flags.join()}" at once, with ${code}`,
    async (t) => {
      t.timeout(120_000);
      const cli = await createTestCli(t);
      await cli.write(folder);
      const compiling = Promise.withResolvers<void>();
      await holdCompilations(t, () => {
        compiling.resolve();
        // Never: only the signal ends it.
        return Promise.withResolvers<void>().promise;
      });
      const up = startUp(t, cli, { flags });
      await compiling.promise;
      up.stop();
      t.is((await up.ended).code, code, up.output());
      t.regex(up.output(), /checking …[\s\S]*stopping [\s\S]*stopped +nothing is lost; the next run resumes\n$/);
      t.notRegex(up.output(), /problem|error|not published/);
    },
  );
}
