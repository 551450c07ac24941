import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createGitRepository } from '../../../testing/cli/git-repository.ts';
import { createTestCli, type TestCli } from '../../../testing/cli/run-cli.ts';

const readSection = async (cli: TestCli, file: string) =>
  reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, file), 'utf8')));

const base = [
  'rule Helper { strings: $a = "helper" condition: $a }',
  'rule User { condition: Helper and filesize < 9 }',
  'rule Gone { condition: true }',
].join('\n');
const head = [
  'rule Helper { strings: $a = "helper" nocase $b = "\\x1b[2J" // ::error::\n condition: any of them }',
  'rule User { condition: Helper and filesize < 9 }',
  'rule New { condition: Helper }',
].join('\n');

test('rules diff reports what a change means: scope, texts and dependents', async (t) => {
  const cli = await createTestCli(t);
  const repository = createGitRepository(cli.dir);
  await cli.write({ 'rules/a.yar': base });
  repository.commit('base');
  await cli.write({ 'rules/a.yar': head });
  repository.commit('head');
  const { code, stdout, stderr } = await cli.run('rules', 'diff', '--base', 'git:HEAD^1');
  t.is(code, 0, stderr);
  t.is(
    stdout,
    [
      '~ a.yar:Helper (broader): $b added, $a changed, condition changed',
      '    + $b = "\\x1b[2J"',
      '    - $a = "helper"',
      '    + $a = "helper" nocase',
      '    - condition: $a',
      '    + condition: any of them',
      '    needed by a.yar:User, a.yar:New',
      '~ a.yar:User (broader): depends on Helper, which changed',
      '+ a.yar:New',
      '- a.yar:Gone',
      '4 changes, 0 unchanged; 3 rules need a retro scan',
      '',
    ].join('\n'),
  );
  const [json] = (await cli.run('rules', 'diff', '--base', 'git:HEAD^1', '--json')).lines;
  const changes: unknown = json?.['changes'];
  t.like(Array.isArray(changes) ? changes[0] : undefined, {
    ...{ kind: 'logic', rule: 'a.yar:Helper', scope: 'broader', dependents: ['a.yar:User', 'a.yar:New'] },
  });
});

test('rules diff --report writes a section for the review, and adds to the summary of the job', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'base/a.yar': base, 'rules/a.yar': head });
  const summary = join(cli.dir, 'summary.md');
  const { code } = await cli.runWith(
    { env: { GITHUB_STEP_SUMMARY: summary } },
    ...['rules', 'diff', '--base', 'base', '--report', 'diff.json'],
  );
  t.is(code, 0);
  const section = await readSection(cli, 'diff.json');
  t.like(section, { section: 'diff', verdict: 'passed', unchanged: 0, toScan: 3, omitted: 0 });
  t.deepEqual(section.section === 'diff' && section.changes.map(({ kind, rule, scope }) => [kind, rule, scope]), [
    ['removed', 'a.yar:Gone', null],
    ['logic', 'a.yar:Helper', 'broader'],
    ['logic', 'a.yar:User', 'broader'],
    ['added', 'a.yar:New', null],
  ]);
  t.not(await readFile(summary, 'utf8'), '');
});

test('rules that do not compile end with 1 and the reason in the section; with a base that does not compile, all rules are new', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'good/a.yar': base, 'bad/a.yar': 'rule Bad { condition: foo }' });
  const run = (from: string, to: string) =>
    cli.run('rules', 'diff', '--base', from, '--rules', to, '--report', 'diff.json');
  t.is((await run('good', 'bad')).code, 1);
  t.like(await readSection(cli, 'diff.json'), {
    section: 'left',
    of: 'diff',
    verdict: 'failed',
    why: 'The rules do not compile.',
  });
  t.is((await run('bad', 'good')).code, 0);
  const section = await readSection(cli, 'diff.json');
  t.like(section, { section: 'diff', verdict: 'passed', unchanged: 0 });
  t.true(section.section === 'diff' && section.changes.every(({ kind }) => kind === 'added'));
});

test('texts are clipped, and of many dependents some are named', async (t) => {
  const cli = await createTestCli(t);
  const source = (text: string) =>
    [`rule Helper { strings: $a = "${text}" condition: $a }`]
      .concat(Array.from({ length: 12 }, (_, index) => `rule User${index} { condition: Helper }`))
      .join('\n');
  await cli.write({ 'base/a.yar': source('x'.repeat(5000)), 'rules/a.yar': source('y'.repeat(5000)) });
  const { stdout } = await cli.run('rules', 'diff', '--base', 'base');
  t.regex(stdout, /needed by a\.yar:User0, .* and 4 others\n/);
  t.true(stdout.split('\n').every((line) => line.length < 400));
});

test('public rules that are left out are part of the comparison, with their reasons', async (t) => {
  const cli = await createTestCli(t);
  const rule = (name: string, text: string) => `rule ${name} { strings: $a = "${text}" condition: $a }`;
  const broken = (name: string) => `rule ${name} { condition: thor }`;
  const sources = 'sources:\n  p: { url: https://example.com/p }\n';
  await cli.write({
    'base/sources.yaml': sources,
    'base/vendor/p/a.yar': `${rule('Breaks', 'one')}\n${broken('Heals')}\n${broken('Stays')}`,
    'rules/sources.yaml': sources,
    'rules/vendor/p/a.yar': `${broken('Breaks')}\n${rule('Heals', 'two')}\n\n${broken('Stays')}\n${broken('New')}\n${rule('Twin', 'two')}`,
  });
  const { stdout } = await cli.run('rules', 'diff', '--base', 'base', '--report', 'diff.json');
  const why = 'unknown identifier `thor`: this identifier has not been declared';
  t.is(
    stdout,
    [
      '+ vendor/p/a.yar:Heals',
      `- vendor/p/a.yar:Breaks (quarantined: ${why})`,
      `! vendor/p/a.yar:New (quarantined: ${why})`,
      '! vendor/p/a.yar:Twin (duplicate: it matches exactly what vendor/p/a.yar:Heals does)',
      '2 changes, 0 unchanged; 1 rule needs a retro scan; public rules left out: 3 quarantined (2 new), 1 duplicate (1 new), 1 used again',
      '',
    ].join('\n'),
  );
  const [json] = (await cli.run('rules', 'diff', '--base', 'base', '--json')).lines;
  t.like(json?.['leftOut'], {
    ...{ quarantined: 3, duplicates: 1, returned: ['vendor/p/a.yar:Heals'] },
    changes: [
      { kind: 'quarantined', rule: 'vendor/p/a.yar:Breaks', reason: why, was: 'used' },
      { kind: 'quarantined', rule: 'vendor/p/a.yar:New', reason: why, was: 'unused' },
      { kind: 'duplicate', rule: 'vendor/p/a.yar:Twin', was: 'unused' },
    ],
  });
  t.like(await readSection(cli, 'diff.json'), {
    sources: [{ source: 'p', added: 1, removed: 0, quarantined: 2, duplicates: 1 }],
    leftOut: { quarantined: 3, duplicates: 1, returned: 1 },
  });
});
