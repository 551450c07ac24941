import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { reviewConfigSchema } from '../../../gates/review-config.ts';
import { collector, createTestCli, type TestCli } from '../../../testing/cli/run-cli.ts';

const page = await readFile(new URL('../../../../docs/how-to/write-a-good-rule.md', import.meta.url), 'utf8');

/**
 * Dates, measured values and the kinds of data that are slowest differ from run to run. On a busy
 * machine, a plain text may look slow enough to be listed.
 */
function lasting(text: string): string {
  return text
    .replace(/^ {2}\$s\d+ .*×.*\n/gm, '')
    .replace(/date = "\d{4}-\d\d-\d\d"/g, 'date = "…"')
    .replace(/\d+(?:\.\d)?× +\d+\.\d +[a-z]+ +[\d.]+×/g, '…')
    .replace(/\d+(?:\.\d)?× +\d+\.\d +[a-z]+$/gm, '…')
    .replace(/ {2,}/g, '  ')
    .replace(/\d+\.\d ms/g, '… ms');
}

async function run(cli: TestCli, line: string): Promise<readonly string[]> {
  const args = line.split(' -- ')[1]?.split(' ');
  if (args === undefined) {
    const printed = execFileSync('sh', ['-c', line.slice(2)], { cwd: cli.dir, encoding: 'utf8' });
    return printed === '' ? [] : printed.trimEnd().split('\n');
  }
  // Both streams in one, as on a terminal.
  const { stream, text } = collector();
  await cli.runWith({ stdout: stream, stderr: stream }, ...args);
  return text()
    .trimEnd()
    .split('\n')
    .filter((each) => !/^\d+ of \d+ measurements$/.test(each));
}

test('the how-to shows what the commands print', async (t) => {
  const cli = await createTestCli(t);
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  t.is(blocks.length, 6);
  for (const shown of blocks) {
    const lines: string[] = [];
    for (const line of shown.split('\n').filter((each) => each.startsWith('$ ')))
      lines.push(line, ...(await run(cli, line)));
    t.is(lasting(shown), lasting(`${lines.join('\n')}\n`));
  }
  t.regex(await readFile(join(cli.dir, 'cost.svg'), 'utf8'), /^<svg /);
});

test('the budget of the how-to is read', (t) => {
  const example = /^```yaml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  t.is(reviewConfigSchema.parse(parse(example)).profile.maxTimes, 30);
});
