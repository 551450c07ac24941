import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createTestCli } from '../../../testing/cli/run-cli.ts';

test('a part that was left out is reported with its reason, in the file and in the summary of the job', async (t) => {
  const cli = await createTestCli(t);
  const env = { GITHUB_STEP_SUMMARY: join(cli.dir, 'summary.md') };
  const { code } = await cli.runWith(
    { env },
    ...['github', 'left', 'preview', '--why', 'Nothing is scanned for forks.', '--report', 'preview.json'],
  );
  t.is(code, 0);
  const section = reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'preview.json'), 'utf8')));
  t.like(section, { section: 'left', of: 'preview', verdict: 'unknown', why: 'Nothing is scanned for forks.' });
  t.not(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8'), '');
});

test('only sections that there are can be left out, and never without a reason or a file', async (t) => {
  const cli = await createTestCli(t);
  const unknown = await cli.run('github', 'left', 'previw', '--why', 'because', '--report', 'a.json');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /previw: unknown section: use one of check, .*preview/);
  t.regex((await cli.run('github', 'left', 'preview', '--report', 'a.json')).stderr, /--why: a sentence is required/);
  t.regex((await cli.run('github', 'left', 'preview', '--why', 'because')).stderr, /--report: a file is required/);
});

test('the output of pulumi becomes a section without terminal escapes, complete or without its middle', async (t) => {
  const cli = await createTestCli(t);
  const run = async (text: string, outcome: string) => {
    await writeFile(join(cli.dir, 'preview.txt'), text);
    const { code, stderr } = await cli.run(
      ...['github', 'infrastructure', 'preview.txt', '--stack', 'prod', '--outcome', outcome, '--report', 'out.json'],
    );
    t.is(code, 0, stderr);
    return reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'out.json'), 'utf8')));
  };
  t.like(await run('\u001b[32m+ 1 to create\u001b[0m\n', 'success'), {
    ...{ section: 'infrastructure', verdict: 'passed', stack: 'prod', text: '+ 1 to create' },
  });
  const long = await run(`begin${'.'.repeat(100_000)}end`, 'failure');
  t.is(long.verdict, 'failed');
  t.regex(long.section === 'infrastructure' ? long.text : '', /^begin.*characters left out.*end$/s);
  t.like(await run('', 'cancelled'), { verdict: 'unknown', text: '' });
  t.is(
    (await cli.run('github', 'infrastructure', 'none.txt', '--stack', 'a', '--outcome', 'success', '--report', 'b'))
      .code,
    2,
  );
});
