import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { acquireStateLock } from '../../adapters/local/state-lock.ts';
import { publishRuleset } from '../../app/publish-ruleset.ts';
import { finalStates } from '../../domain/scan.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { openLocalHome } from '../../homes/local-home.ts';
import { type ReviewSection, reviewSectionSchema } from '../../reviews/section.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { collector, createTestCli } from '../../testing/run-cli.ts';
import { ruleFor } from '../../testing/test-home.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const slowRule =
  'rule Slow { strings: $a = "slow" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }\n';

/** A corpus of these contents by key, and published rules that find `evil` and `odd`. */
async function createCorpus(t: ExecutionContext, files: Readonly<Record<string, string>>) {
  const cli = await createTestCli(t);
  const rules = { 'evil.yar': ruleFor('Evil', 'evil'), 'odd.yar': ruleFor('Odd', 'odd') };
  await cli.write(Object.fromEntries(Object.entries(rules).map(([name, source]) => [`rules/${name}`, source])));
  const home = await openLocalHome({ stateDir: join(cli.dir, '.rearview') });
  const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
  await publishRuleset(home.library, buildRuleset(sources, engineInfo()), { now: Date.now });
  for (const [key, content] of Object.entries(files)) await home.corpus.put(`in/${key}`, Buffer.from(content));
  await home.close();
  return {
    ...cli,
    preview: (...args: readonly string[]) => cli.run('retro', 'preview', '--report', 'section.json', ...args),
    async section(): Promise<ReviewSection> {
      return reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'section.json'), 'utf8')));
    },
  };
}

test('what changed rules find now, and what was found before, is told for each; nothing else is left of it', async (t) => {
  const cli = await createCorpus(t, { a: 'evil', b: 'evil vile', c: 'vile', d: 'odd', e: 'nothing', f: 'odd evil' });
  await cli.write({
    'rules/evil.yar': ruleFor('Evil', 'vile'),
    'rules/odd.yar': '',
    'rules/new.yar': `${ruleFor('New', 'nothing')}${ruleFor('None', 'nowhere')}`,
  });
  const { code, stdout, stderr, lines } = await cli.preview('--json');
  t.is(code, 0, stderr);
  t.regex(stderr, /4 changed rules over all of the corpus, about 6 objects of 6 objects, 35 B, \$0\.00: preview-/);
  const section = await cli.section();
  t.deepEqual(lines, [section as unknown as Record<string, unknown>]);
  if (section.section !== 'preview') return t.fail(stdout);
  t.like(section, { verdict: 'passed', state: 'completed', sample: 1, objects: 6, scanned: 6, notes: [] });
  t.deepEqual(
    section.rules.map(({ rule, kind, now, before, gained, lost }) => [rule, kind, now, before, gained, lost]),
    [
      ['evil.yar:Evil', 'logic', 2, 3, 1, 2],
      ['new.yar:New', 'added', 1, 0, 1, 0],
      ['odd.yar:Odd', 'removed', 0, 2, 0, 2],
      ['new.yar:None', 'added', 0, 0, 0, 0],
    ],
  );
  const [evil, added] = section.rules;
  t.deepEqual(
    evil?.examples.map(({ state, key, sha256: content }) => [state, key, content]),
    [
      ['gained', 'in/c', sha256('vile')],
      ['lost', 'in/a', sha256('evil')],
      ['lost', 'in/f', sha256('odd evil')],
      ['kept', 'in/b', sha256('evil vile')],
    ],
  );
  t.deepEqual(added?.examples[0]?.strings, [{ identifier: '$a', offset: 0, length: 7, data: 'nothing' }]);
  t.truthy(added?.firstSeen);
  t.like(section, { forecast: { objects: 6, bytes: 35 }, actual: { objects: 6, bytes: 35, dollars: 0 } });
  // What had arrived was scanned meanwhile, with the rules in force.
  const matches = await cli.run('matches', 'list', '--json');
  t.true(matches.lines.every(({ rule }) => rule === 'Evil' || rule === 'Odd'));
  const alerts = await readFile(join(cli.dir, '.rearview/alerts.jsonl'), 'utf8').catch(() => '');
  t.false([matches.stdout, alerts].some((text) => text.includes(sha256('vile')) || text.includes(sha256('nothing'))));
});

test('for people there is a table of the rules, and then what they hit', async (t) => {
  const cli = await createCorpus(t, { a: 'evil', b: 'vile' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(
    stdout,
    /^preview +preview-\S+ {2}completed {2}passed\nscanned +2 of 2 objects, all of the corpus\nactual .*\nforecast .*\n\n/,
  );
  t.regex(stdout, /NOW +BEFORE +GAINED +LOST +CHANGE[^\n]*\n +1 +1 +1 +1 +logic +\S+ +\S+ +evil\.yar:Evil\n/);
  t.regex(
    stdout,
    /evil\.yar:Evil\n {2}gained {2}corpus {2}in\/b {2}[0-9a-f]{64}\n {10}\$a at 0, 4 bytes: vile\n {2}lost {4}corpus {2}in\/a/,
  );
});

test('where no logic changed there is nothing to preview, and the section says so', async (t) => {
  const cli = await createCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'evil', 'author = "another"') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(stdout, /^No preview: No rule /);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'passed' });
  t.like((await cli.preview('--json')).lines[0], { section: 'left', verdict: 'passed' });
});

test('rules that do not compile are not previewed', async (t) => {
  const cli = await createCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': 'rule Evil { condition: nowhere }' });
  const { code, stderr } = await cli.preview();
  t.is(code, 1);
  t.regex(stderr, /rules\/evil\.yar:1:\d+: error/);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'unknown' });
});

test('a noisy rule closes the gate, and a staged one does not', async (t) => {
  const cli = await createCorpus(t, { a: 'evil', b: 'good', c: 'bad' });
  await cli.write({ 'rearview.yaml': 'preview: { maxGained: 1 }\n' });
  const rule = (meta: string) =>
    `rule Noisy { ${meta} condition: filesize > 0 } rule Loud { ${meta} condition: filesize > 1 }`;
  await cli.write({ 'rules/noisy.yar': rule('') });
  const noisy = await cli.preview();
  t.is(noisy.code, 1);
  t.regex(noisy.stdout, /note +3 objects are hit that were not before: preview\.maxGained allows 1\./);
  t.like(await cli.section(), { verdict: 'failed' });
  await cli.write({ 'rules/noisy.yar': rule('meta: status = "staged"') });
  t.is((await cli.preview()).code, 0);
  t.like(await cli.section(), { verdict: 'passed' });
});

test('a content that a rule names by its hash must be matched where it lies in the corpus', async (t) => {
  const cli = await createCorpus(t, { a: 'evil', b: 'vile' });
  const named = (...hashes: readonly string[]) =>
    ruleFor('Evil', 'vile', hashes.map((hash, index) => `hash${index} = "${hash}"`).join(' '));
  await cli.write({ 'rules/evil.yar': named(sha256('vile'), md5('vile'), sha256('elsewhere')) });
  t.is((await cli.preview()).code, 0);
  const states = async () => {
    const section = await cli.section();
    return section.section === 'preview' ? section.hashes.map(({ hash, state }) => [hash, state]) : null;
  };
  t.deepEqual(await states(), [
    [sha256('vile'), 'matched'],
    [md5('vile'), 'matched'],
    [sha256('elsewhere'), 'unchecked'],
  ]);
  await cli.write({ 'rules/evil.yar': named(sha256('vile'), sha256('evil')) });
  const { code, stdout } = await cli.preview();
  t.is(code, 1);
  t.true(stdout.includes(`missed    ${sha256('evil')}  evil.yar:Evil\n`));
  t.deepEqual((await states())?.[0], [sha256('evil'), 'missed']);
});

test('a sample is scanned where that is wanted or the corpus is too large, and what rules name besides', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index}`, `file ${index}`]));
  const cli = await createCorpus(t, files);
  // The records know contents once they were scanned.
  t.is((await cli.run('retro', 'start')).code, 0);
  await cli.write({ 'rules/new.yar': ruleFor('New', 'file') });
  const objects = async (...args: readonly string[]) => {
    const { code, stderr } = await cli.preview(...args);
    t.is(code, 0, stderr);
    const section = await cli.section();
    if (section.section !== 'preview') throw new Error(section.section);
    t.is(section.rules[0]?.now, section.objects);
    return { count: section.objects, sample: section.sample, stderr, hashes: section.hashes };
  };
  const some = await objects('--sample', '0.3');
  t.is(some.sample, 0.3);
  t.true(some.count > 0 && some.count < 60);
  t.regex(some.stderr, /a sample of 30 % of the corpus, about 18 objects of 60 objects/);
  t.is((await objects('--prefix', 'in/5')).count, 11);
  await cli.write({ 'rearview.yaml': 'preview: { maxObjects: 6, sample: 0.5 }\n' });
  const few = await objects();
  t.is(few.sample, 0.1);
  t.is((await objects('--sample', '1')).count, 60);
  const unplanned = await objects('--no-plan');
  t.is(unplanned.sample, 0.5);
  t.notRegex(unplanned.stderr, /about/);
  const named = Array.from({ length: 60 }, (_, index) => `hash${index} = "${sha256(`file ${index}`)}"`).join(' ');
  await cli.write({ 'rules/new.yar': ruleFor('New', 'file', named) });
  const all = await objects();
  t.is(all.count, 60);
  t.true(all.hashes.every(({ state }) => state === 'matched'));
});

test('a rule that makes scans run out of time is plain to see', async (t) => {
  const cli = await createCorpus(t, { a: 'slow', b: 'quick' });
  await cli.write({ 'rules/slow.yar': slowRule });
  const { code, stdout } = await cli.preview('--timeout', '3000');
  t.is(code, 0);
  t.regex(stdout, /completed {2}unknown\n/);
  t.regex(stdout, /failed +timeout: 1, such as corpus in\/a\n/);
  t.regex(stdout, /note +1 object was not scanned to the end with these rules alone \(timeout: 1\)/);
  t.like(await cli.section(), { verdict: 'unknown', scanned: 1, failed: [{ reason: 'timeout', objects: 1 }] });
});

test('what has not ended in time goes on, and is shown later', async (t) => {
  const cli = await createCorpus(t, { a: 'evil', b: 'vile' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  // Another process has the pipeline, and does nothing.
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  const waited = await cli.preview('--wait', '1ms');
  t.is(waited.code, 0);
  const [id = ''] = /preview-[\w-]+/.exec(waited.stdout) ?? [];
  t.like(await cli.section(), { verdict: 'unknown', state: 'running', scanId: id });
  t.true(waited.stdout.includes(`rearview retro preview --scan ${id}`));
  lock?.release();
  const home = await openLocalHome({ stateDir: join(cli.dir, '.rearview') });
  const pipeline = home.startPipeline();
  for (let state = 'running'; !finalStates.some((each) => each === state); await sleep(20)) {
    state = (await home.state.scans.get(id))?.state ?? 'gone';
  }
  await pipeline.stop();
  await home.close();
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
  t.regex(wrong.stderr, /is a retro scan, and no preview/);
});

test('Ctrl-C cancels it', async (t) => {
  const cli = await createCorpus(t, { a: 'evil' });
  await cli.write({ 'rules/evil.yar': ruleFor('Evil', 'vile') });
  const lock = acquireStateLock(join(cli.dir, '.rearview/pipeline.lock'));
  t.teardown(() => lock?.release());
  const interrupt = new AbortController();
  const stderr = collector();
  const running = cli.runWith({ signal: interrupt.signal, stderr: stderr.stream }, 'retro', 'preview');
  const home = await openLocalHome({ stateDir: join(cli.dir, '.rearview') });
  t.teardown(() => home.close());
  const previews = () => home.state.scans.list({ kind: 'preview', limit: 10 });
  while ((await previews()).length === 0) await sleep(10);
  interrupt.abort();
  t.is((await running).code, 130);
  t.regex(stderr.text(), /Interrupted: preview-\S+ is cancelled\./);
  t.deepEqual(
    (await previews()).map(({ state }) => state),
    ['cancelled'],
  );
});

test('hostile names and contents neither move the cursor nor break a line', async (t) => {
  const name = 'x\n\u001b[31m`|<b>@all';
  const cli = await createCorpus(t, { [name]: 'a `|<b> \u001b[2J\n::set-output name=x::y' });
  await cli.write({ 'rules/new.yar': 'rule New { strings: $a = "`|<b> \\x1b[2J\\n::set-output" condition: $a }' });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.true(stdout.includes('in/x\\n\\x1b[31m`|<b>@all'));
  t.true(stdout.includes('`|<b> \\x1b[2J\\x0a::set-output'));
  t.notRegex(stdout, /[\u0000-\u0009\u000b-\u001f]/);
  t.notRegex(stdout, /^::/m);
  const section = await cli.section();
  t.is(section.section === 'preview' ? section.rules[0]?.examples[0]?.key : null, `in/${name}`);
});

test('too many rules at once are no fault of theirs, and the section says why there is no preview', async (t) => {
  const cli = await createCorpus(t, { a: 'evil' });
  const many = Array.from({ length: 2001 }, (_, index) => `rule R${index} { condition: filesize == ${index} }`);
  await cli.write({ 'rules/many.yar': many.join('\n') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(stdout, /^No preview: .*2000 rules/);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'unknown' });
});

test('flags that say nothing are wrong usage', async (t) => {
  const cli = await createCorpus(t, { a: 'evil' });
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
