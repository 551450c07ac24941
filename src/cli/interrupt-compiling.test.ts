import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../testing/cli/run-cli.ts';
import { holdCompilations } from '../testing/local/hold-compilations.ts';

// The threads of the process are shared: one test after the other.
for (const command of [
  ['hunt', 'rules/new.yar', '--jobs', '1'],
  ['scan', '--rules', 'rules/new.yar', 'in', '--jobs', '1'],
  ['rules', 'test'],
  ['rules', 'goodware', '--all'],
  ['retro', 'preview'],
]) {
  test.serial(`Ctrl-C while rules are compiled ends with 130 without waiting: ${command.join(' ')}`, async (t) => {
    const cli = await createTestCli(t);
    await cli.write({ 'in/a.txt': 'a', ...testedRule('Old', 'old') });
    t.is((await cli.run('upload', 'in')).code, 0);
    t.is((await cli.run('publish')).code, 0);
    const { 'rules/new.yar': rule = '', ...tests } = testedRule('New', 'new');
    // Smaller rules are compiled where they are scanned with.
    await cli.write({ ...tests, 'rules/new.yar': `${rule}// ${'x'.repeat(300_000)}` });
    const env = { XDG_CACHE_HOME: join(cli.dir, 'cache') };
    const interrupt = new AbortController();
    await holdCompilations(t, () => {
      interrupt.abort();
      return new Promise(() => undefined);
    });
    const { code, stdout, stderr } = await cli.runWith({ signal: interrupt.signal, env }, ...command);
    t.true(interrupt.signal.aborted, 'a compilation was held');
    t.is(code, 130, stderr);
    t.is(stdout, '');
  });
}
