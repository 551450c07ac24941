import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { parseSource } from '../../rules/syntax/parse.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import { createGitRepository } from '../cli/git-repository.ts';
import { testedRule } from '../cli/run-cli.ts';
import { filesAt, gitOf, pushFiles } from '../github/git-store.ts';
import { ruleFor } from '../local/test-target.ts';
import { tempFolder } from '../temp-folder.ts';
import { describeRun } from './describe-run.ts';
import { onThisMachine } from './on-this-machine.ts';
import { createPullRequestSite } from './pull-request-site.ts';
import { runWorkflow } from './run-workflow.ts';
import type { Runner, WorkflowEvent } from './runner.ts';
import { sectionsOf } from './sections-of.ts';

type Texts = Readonly<Record<string, string>>;

const fileCount = 20;
const rulesPerFile = 6;

/** A pack of rules that compile: each searches for its own text. */
const goodFiles: Texts = Object.fromEntries(
  Array.from({ length: fileCount }, (_, file) => [
    `yara/family_${file}.yar`,
    Array.from({ length: rulesPerFile }, (__, index) =>
      ruleFor(`Family_${file}_${index}`, `payload ${file}-${index}`, 'score = 75'),
    ).join(''),
  ]),
);

/** Files that are broken in different ways: the number of rules of each that are left out, and kept. */
const brokenFiles: Readonly<
  Record<string, { readonly text: string; readonly quarantined: number; readonly kept: number }>
> = {
  'yara/identifier.yar': {
    text: `rule Thor { condition: thor }\n${ruleFor('Fine_1', 'fine 1')}`,
    quarantined: 1,
    kept: 1,
  },
  'yara/syntax.yar': {
    text: `${ruleFor('Fine_2', 'fine 2')}rule No_End { condition: true\n${ruleFor('Fine_3', 'fine 3')}`,
    ...{ quarantined: 1, kept: 2 },
  },
  'yara/needs.yar': { text: 'rule Bad { condition: nope }\nrule Needs { condition: Bad }\n', quarantined: 2, kept: 0 },
  'yara/include.yar': { text: `include "gone.inc"\n${ruleFor('Held', 'held')}`, quarantined: 1, kept: 0 },
  'yara/global.yar': {
    text: `global rule Gate { condition: missing }\n${ruleFor('Gated', 'gated')}`,
    ...{ quarantined: 2, kept: 0 },
  },
  'yara/regexp.yar': {
    text: `rule Open { strings: $a = /a(/ condition: $a }\n${ruleFor('Fine_4', 'fine 4')}`,
    ...{ quarantined: 1, kept: 1 },
  },
  'yara/module.yar': {
    text: `import "nothing"\nrule Module { condition: nothing.x }\n${ruleFor('Fine_5', 'fine 5')}`,
    ...{ quarantined: 1, kept: 1 },
  },
  'yara/undefined.yar': {
    text: `rule Undefined { condition: $b }\n${ruleFor('Fine_6', 'fine 6')}`,
    ...{ quarantined: 1, kept: 1 },
  },
};
const brokenTexts: Texts = Object.fromEntries(Object.entries(brokenFiles).map(([name, { text }]) => [name, text]));
const sumOf = (key: 'quarantined' | 'kept') => Object.values(brokenFiles).reduce((sum, file) => sum + file[key], 0);
/** Equal logic in another file, which comes first: the two rules of the other file are left out. */
const duplicates: Texts = { 'yara/again.yar': ruleFor('Again', 'payload 0-0') + ruleFor('Again_2', 'payload 0-1') };

const config =
  'goodware: { places: { linux: [package.json], macos: [package.json], windows: [package.json] } }\n' as const;

/** A source, a repository with `sources.yaml` that names it, and a target on this machine. */
async function setUp(t: ExecutionContext) {
  const upstream = tempFolder(t);
  const source = createGitRepository(upstream);
  const release = (files: Readonly<Record<string, string | null>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(upstream, name)), { recursive: true });
      if (text === null) rmSync(join(upstream, name));
      else writeFileSync(join(upstream, name), text);
    }
    return source.commit('release');
  };
  const files = {
    ...testedRule('Own', 'own text'),
    'rearview.yaml': config,
    'rules/sources.yaml': `sources:\n  pack:\n    url: file://${upstream}\n    state: active\n    meta: { severity: { from: score, map: { ">=70": high } } }\n`,
  };
  const site = await createPullRequestSite(t, files);
  const { state } = site.github;
  pushFiles(state, files);
  const folder = tempFolder(t);
  const stateDir = join(folder, 'state');
  const target = await openLocalTarget({ stateDir, jobs: 1 });
  const pipeline = await target.startPipeline();
  t.teardown(async () => {
    await pipeline.stop();
    await target.close();
  });
  const runner: Runner = {
    ...{ remote: site.repository.dir, repository: site.repository.name, folder },
    vars: {
      ...{ AWS_REGION: 'none', REARVIEW_STACK_OUTPUTS: '{}' },
      ...{ REARVIEW_PREVIEW_ROLE_ARN: 'preview', REARVIEW_PUBLISH_ROLE_ARN: 'publish' },
    },
    env: { GITHUB_API_URL: site.github.url },
    assume: () => ({}),
  };
  const run = async (name: string, event: WorkflowEvent) => {
    const done = await runWorkflow(onThisMachine(name, stateDir), event, runner);
    t.is(done.conclusion, 'success', describeRun(done));
    return done;
  };
  const weekly = (): WorkflowEvent => ({
    ...{ name: 'schedule', ref: 'refs/heads/main', sha: site.repository.tip(), actor: 'author', payload: {} },
  });
  /** Runs `sync.yml`; returns the last line of its command. */
  const sync = async () => (await run('sync', weekly())).jobs['sync']?.steps.at(-1)?.stdout.trim().split('\n').at(-1);
  /** The files that the open pull request changes; null: deleted. */
  const proposed = (): Readonly<Record<string, string | null>> => {
    const git = gitOf(state);
    const [before = {}, after = {}] = [filesAt(git, 'main'), filesAt(git, 'rearview/sync')];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.fromEntries(
      names.filter((name) => before[name] !== after[name]).map((name) => [name, after[name] ?? null]),
    );
  };
  /** Checks the proposed files as a pull request, merges them, publishes, and scans the corpus. */
  const land = async (branch: string) => {
    const files = proposed();
    const pull = site.open(branch, files);
    const sections = sectionsOf(await run('rules', pull.event));
    const event = site.merge(pull);
    const at = state.pulls.findIndex(({ headBranch }) => headBranch === 'rearview/sync');
    const [stored] = at < 0 ? [] : state.pulls.splice(at, 1);
    if (stored !== undefined) state.pulls.push({ ...stored, state: 'closed', mergedAt: state.now() });
    pushFiles(state, filesAt(gitOf(state), 'rearview/sync') ?? {});
    await run('publish', event);
    const current = await target.library.current();
    return { sections, event, current, ruleset: await target.library.get(current?.rulesetId ?? '') };
  };
  return { ...site, target, run, sync, land, release, weekly, state };
}

test('public rules are synced, checked, published, scanned with and updated through the workflows, and the counts add up', async (t) => {
  const { target, run, sync, land, release, state, repository } = await setUp(t);
  await run('publish', repository.push({}));
  const corpus = { 'in/old.bin': 'an old payload 3-2 file', 'in/own.bin': 'own text' };
  for (const [key, text] of Object.entries(corpus)) await target.corpus.put(key, Buffer.from(text));
  const arrived = async () => (await target.state.scans.list({ kind: 'live', limit: 1 }))[0]?.counts.objects ?? 0;
  while ((await arrived()) < Object.keys(corpus).length) await sleep(20);

  release({ ...goodFiles, ...brokenTexts, ...duplicates });
  t.regex((await sync()) ?? '', /^opened {2}\d+ files {2}https/);
  const good = fileCount * rulesPerFile;
  const [added, quarantined] = [good + sumOf('kept'), sumOf('quarantined')];
  const body = state.pulls.at(-1)?.body ?? '';
  t.regex(body, new RegExp(`public rules of 1 source: ${added} added, \\d+ quarantined, 2 left out for equal logic`));

  const first = await land('update-1');
  const check = first.sections.get('rearview-check');
  const leftOut = first.ruleset.leftOut ?? [];
  t.like(check, { verdict: 'passed', rules: 1 + added, leftOut: { quarantined: leftOut.length - 2, duplicates: 2 } });
  t.like(first.sections.get('rearview-diff'), {
    sources: [{ source: 'pack', added, removed: 0, logic: 0, duplicates: 2 }],
    toScan: added,
  });
  t.like(first.sections.get('rearview-goodware-linux'), { verdict: 'passed', public: { rules: added, failing: 0 } });
  t.like(first.sections.get('rearview-preview'), { section: 'preview', state: 'completed' });
  // Every rule of every file is either used or left out.
  t.is(first.ruleset.rules.filter(({ namespace }) => namespace.startsWith('vendor/')).length, added);
  t.is(leftOut.filter(({ kind, rule }) => kind === 'quarantined' && rule !== null).length, quarantined);
  const all = Object.values({ ...goodFiles, ...duplicates }).flatMap((text) => parseSource(text).rules);
  t.is(added + quarantined + 2, all.length + sumOf('kept') + quarantined);
  t.is(first.current?.sequence, 2);
  const matched = async () =>
    (await target.state.matches.list({ filter: {}, limit: 50 })).matches.map(({ ruleId, alert }) => [
      ...[ruleId, alert.rule.severity],
    ]);
  t.deepEqual((await matched()).sort(), [
    ['own.yar:Own', 'high'],
    ['vendor/pack/yara/family_3.yar:Family_3_2', 'high'],
  ]);

  t.is(await sync(), 'unchanged  0 files  the rules are those of the default branch');
  await run('publish', first.event);
  t.is((await target.library.current())?.sequence, 2, 'a second run changes nothing');

  const [changed = '', gone = '', breaks = ''] = Object.keys(goodFiles);
  release({
    [changed]: (goodFiles[changed] ?? '').replaceAll('payload', 'changed payload'),
    [gone]: null,
    [breaks]: `${goodFiles[breaks]}rule Breaks { condition: gone }\n`,
    'yara/identifier.yar': ruleFor('Thor', 'thor') + ruleFor('Fine_1', 'fine 1'),
    'yara/new.yar': ruleFor('New', 'an old'),
  });
  t.regex((await sync()) ?? '', /^opened {2}/);
  const second = await land('update-2');
  // Thor compiles now, New is new, and the two that were duplicates are not any more.
  t.like(second.sections.get('rearview-diff'), {
    sources: [{ source: 'pack', added: 2 + 2, removed: rulesPerFile, logic: rulesPerFile - 2, quarantined: 1 }],
    leftOut: { returned: 1 + 2 },
  });
  t.is(
    second.ruleset.rules.filter(({ namespace }) => namespace.startsWith('vendor/')).length,
    added + 2 + 2 - rulesPerFile,
  );
  t.is(second.current?.sequence, 3);
  t.true(
    (await matched()).some(([rule]) => rule === 'vendor/pack/yara/new.yar:New'),
    'the corpus was scanned again',
  );
});
