import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { acquireStateLock } from '../../../adapters/local/state-lock.ts';
import { finalStates } from '../../../domain/scans/scan.ts';
import { openLocalTarget } from '../../../targets/local/local-target.ts';
import { createPreviewCorpus } from '../../../testing/local/preview-corpus.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

const main = fileURLToPath(new URL('../../launch.mjs', import.meta.url));
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

test('the matches of each changed rule, now and before, are shown; nothing else is left', async (t) => {
  const cli = await createPreviewCorpus(t, {
    a: 'evil',
    b: 'evil vile',
    c: 'vile',
    d: 'odd',
    e: 'nothing',
    f: 'odd evil',
  });
  await cli.write({
    'rules/evil.yar': ruleFor('Evil', 'vile'),
    'rules/odd.yar': '',
    'rules/new.yar': `${ruleFor('New', 'nothing')}${ruleFor('None', 'nowhere')}`,
  });
  const { code, stdout, stderr, lines } = await cli.preview('--json');
  t.is(code, 0, stderr);
  t.regex(stderr, /4 changed rules over all of the corpus, about 6 of 6 objects, 35 B, \$0\.00: preview-/);
  const section = await cli.section();
  t.deepEqual(lines, [section as unknown as Record<string, unknown>]);
  if (section.section !== 'preview') return t.fail(stdout);
  t.like(section, { verdict: 'passed', state: 'completed', sample: 1, objects: 6, scanned: 6, notes: [] });
  t.deepEqual(
    section.rules.map(({ rule, kind, now, before, gained, lost }) => [rule, kind, now, before, gained, lost]),
    [
      // What is no longer found comes first.
      ['odd.yar:Odd', 'removed', 0, 2, 0, 2],
      ['evil.yar:Evil', 'logic', 2, 3, 1, 2],
      ['new.yar:New', 'added', 1, 0, 1, 0],
      ['new.yar:None', 'added', 0, 0, 0, 0],
    ],
  );
  const [, evil, added] = section.rules;
  t.deepEqual(
    evil?.examples.map(({ state, key, sha256: content }) => [state, key, content]),
    [
      ['gained', 'in/c', sha256('vile')],
      ['lost', 'in/a', sha256('evil')],
      ['lost', 'in/f', sha256('odd evil')],
      ['kept', 'in/b', sha256('evil vile')],
    ],
  );
  t.deepEqual(added?.examples[0]?.strings, [{ identifier: '$a', offset: 0, length: 7 }]);
  t.truthy(added?.firstSeen);
  t.like(section, { forecast: { objects: 6, bytes: 35 }, actual: { objects: 6, bytes: 35, dollars: 0 } });
  // The arrived objects were scanned meanwhile with the active rules.
  const matches = await cli.run('matches', 'list', '--json');
  t.true(matches.lines.every(({ rule }) => rule === 'Evil' || rule === 'Odd'));
  const alerts = await readFile(join(cli.dir, '.rearview/alerts.jsonl'), 'utf8').catch(() => '');
  t.false([matches.stdout, alerts].some((each) => each.includes(sha256('vile')) || each.includes(sha256('nothing'))));
});

test('the output for people has a table of the rules, then their matches', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil', b: 'vile' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(
    stdout,
    /^preview +preview-\S+ {2}completed {2}passed\nsearched +2 of 2 objects, all of the corpus: 2 read and scanned\nactual .*\nforecast .*\n\n/,
  );
  t.regex(stdout, /NOW +BEFORE +GAINED +LOST +CHANGE[^\n]*\n +1 +1 +1 +1 +logic +\S+ +\S+ +evil\.yar:Evil\n/);
  t.regex(
    stdout,
    /evil\.yar:Evil\n {2}gained {2}corpus {2}in\/b {2}[0-9a-f]{64}\n {10}\$a at 0, 4 bytes\n {2}lost {4}corpus {2}in\/a/,
  );
});

test('if no logic changed, there is nothing to preview, and the section reports that', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'evil', 'author = "another"') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(stdout, /^No preview: No rule /);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'passed' });
  t.like((await cli.preview('--json')).lines[0], { section: 'left', verdict: 'passed' });
});

test('rules that do not compile are not previewed', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': 'rule Evil { condition: nowhere }' });
  const { code, stderr } = await cli.preview();
  t.is(code, 1);
  t.regex(stderr, /rules\/evil\.yar:1:\d+: error/);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'unknown' });
});

test('a preview that does not finish in time continues, and is shown later', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil', b: 'vile' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  // Another process has the pipeline, and does nothing.
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  const waited = await cli.preview('--wait', '1ms');
  t.is(waited.code, 0);
  const [id = ''] = /preview-[\w-]+/.exec(waited.stdout) ?? [];
  t.like(await cli.section(), { verdict: 'unknown', state: 'running', scanId: id });
  t.true(waited.stdout.includes(`rearview retro preview --scan ${id}`));
  lock?.release();
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  const pipeline = await target.startPipeline();
  for (let state = 'running'; !finalStates.some((each) => each === state); await sleep(20)) {
    state = (await target.state.scans.get(id))?.state ?? 'gone';
  }
  await pipeline.stop();
  await target.close();
  // The rules of the working folder have no part in it.
  await cli.write({ 'rules/evil.yar': '' });
  t.is((await cli.preview('--scan', id)).code, 0);
  t.like(await cli.section(), {
    ...{ verdict: 'passed', state: 'completed', scanId: id, forecast: { objects: 2, bytes: 8, ms: null, dollars: 0 } },
    rules: [{ rule: 'evil.yar:Evil', kind: 'logic', now: 1, before: 1, gained: 1, lost: 1 }],
  });
  t.is((await cli.preview('--scan', 'preview-nowhere')).code, 2);
  const retro = await cli.run('retro', 'start');
  const wrong = await cli.preview('--scan', retro.stdout.trim());
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /is a retro scan, not a preview/);
});

test('an interrupt, by Ctrl-C or by a runner, cancels the preview', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  // Another process has the pipeline, and does nothing.
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  t.teardown(() => lock?.release());
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  t.teardown(() => target.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const before = (await target.state.scans.list({ kind: 'preview', limit: 10 })).length;
    const child = spawn(process.execPath, [main, 'retro', 'preview'], {
      ...{ cwd: cli.dir, env: { ...process.env, NODE_V8_COVERAGE: '' }, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const closed = once(child, 'close');
    const stderr = text(child.stderr);
    const previews = () => target.state.scans.list({ kind: 'preview', limit: 10 });
    while ((await previews()).length === before) await sleep(20);
    child.kill(signal);
    t.deepEqual(await closed, [130, null]);
    t.regex(await stderr, /Interrupted: preview-\S+ is cancelled\./);
    t.is((await previews())[0]?.state, 'cancelled');
  }
});

test('hostile names and contents neither move the cursor nor break a line', async (t) => {
  const name = 'x\n\u001b[31m`|<b>@all';
  const cli = await createPreviewCorpus(t, { [name]: 'a `|<b> \u001b[2J\n::set-output name=x::y' });
  await cli.write({ 'rules/new.yar': 'rule New { strings: $a = "`|<b> \\x1b[2J\\n::set-output" condition: $a }' });
  const env = { REARVIEW_PREVIEWS: '{"matchedBytes":true}' };
  const { code, stdout } = await cli.previewWith({ env });
  t.is(code, 0);
  t.true(stdout.includes('in/x\\n\\x1b[31m`|<b>@all'));
  t.true(stdout.includes('`|<b> \\x1b[2J\\x0a::set-output'));
  t.notRegex(stdout, /[\u0000-\u0009\u000b-\u001f]/);
  t.notRegex(stdout, /^::/m);
  const section = await cli.section();
  t.is(section.section === 'preview' ? section.rules[0]?.examples[0]?.key : null, `in/${name}`);
});

test('limits of this machine narrow a preview, and the omitted part is reported', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil', b: 'vile' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  const limited = (limits: object, ...args: readonly string[]) =>
    cli.previewWith({ env: { REARVIEW_PREVIEWS: JSON.stringify(limits) } }, ...args);

  const within = [{ bucket: 'corpus', prefix: 'in/a' }];
  t.is((await limited({ within })).code, 0);
  t.like(await cli.section(), {
    ...{ verdict: 'passed', objects: 1 },
    notes: ['Previews may only read corpus/in/a (previews.allowed): nothing else was scanned.'],
  });

  const few = await limited({ maxObjects: 1 }, '--no-plan');
  t.regex(few.stdout, /note +The listing ended after 1 object, the limit of one preview on this target/);
  t.like(await cli.section(), { verdict: 'unknown', objects: 1 });

  const refusals: readonly (readonly [object, string, RegExp])[] = [
    [{ within }, 'in/b', /^The preview was refused: previews may only read corpus\/in\/a .*"in\/b" is outside\.$/],
    [{ maxRunning: 0 }, 'in/', /^The preview was refused: previews are turned off/],
    [{ maxRules: 1 }, 'in/', /1 rule \(previews\.maxRules\), and there are 2/],
  ];
  for (const [limits, prefix, why] of refusals) {
    const refused = await limited(limits, '--prefix', prefix);
    t.is(refused.code, 0, 'it is no fault of the rules');
    const section = await cli.section();
    t.like(section, { section: 'left', of: 'preview', verdict: 'unknown' });
    t.regex(section.section === 'left' ? section.why : '', why);
    t.regex(refused.stdout, /^No preview: /);
  }
  t.is((await limited({ maxObject: 1 })).code, 2);
});

test('meaningless flags are wrong usage', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil' });
  for (const args of [
    ['--sample', '0'],
    ['--sample', '1.5'],
    ['--sample', 'half'],
    ['--wait', '20'],
    ['--timeout', '0'],
  ]) {
    t.is((await cli.preview(...args)).code, 2, args.join(' '));
  }
});
