import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { testedRule } from '../cli/run-cli.ts';
import { runnerCommands } from '../cli/runner-commands.ts';
import { tempFolder } from '../temp-folder.ts';
import { describeRun } from './describe-run.ts';
import { readWorkflow, workflowNamed, workflowText } from './read-workflow.ts';
import { createRulesRepository, type Files } from './rules-repository.ts';
import { runWorkflow } from './run-workflow.ts';
import type { Runner, WorkflowRun } from './runner.ts';
import { sectionsOf } from './sections-of.ts';

const rules = workflowNamed('rules');

function setUp(t: ExecutionContext) {
  const folder = tempFolder(t);
  const goodware = join(folder, 'goodware');
  mkdirSync(goodware);
  writeFileSync(join(goodware, 'notepad.txt'), 'the well-known editor');
  const places = Object.fromEntries(['linux', 'macos', 'windows'].map((place) => [place, [goodware]]));
  const repository = createRulesRepository(t, {
    ...testedRule('Old', 'old'),
    'rearview.yaml': `goodware:\n  places: ${JSON.stringify(places)}\n`,
  });
  const runner: Runner = {
    ...{ remote: repository.dir, repository: repository.name, vars: {}, env: {}, folder },
    assume: (role) => {
      throw new Error(`No token may assume ${role}`);
    },
  };
  const review = (files: Files, options?: { readonly fork?: string }) =>
    runWorkflow(rules, repository.propose('change', files, options).event, runner);
  return { repository, runner, review };
}

const resultsOf = ({ jobs }: WorkflowRun) =>
  Object.fromEntries(Object.entries(jobs).map(([id, { result }]) => [id, result]));
const annotationsOf = (run: WorkflowRun, job: string) =>
  run.jobs[job]?.steps.flatMap(({ stdout }) => runnerCommands(stdout)) ?? [];

test('a good rule passes every job that needs no account, and each job uploads a section', async (t) => {
  const { review } = setUp(t);
  const run = await review(testedRule('Good', 'good and new'));
  t.deepEqual(
    resultsOf(run),
    {
      ...{ scope: 'success', check: 'success', corpus: 'skipped', 'no-corpus': 'success', required: 'success' },
      ...{ 'goodware (linux)': 'success', 'goodware (macos)': 'success', 'goodware (windows)': 'success' },
    },
    describeRun(run),
  );
  const sections = sectionsOf(run);
  t.deepEqual(
    [...sections.keys()].sort(),
    [
      'check',
      'diff',
      'forecast',
      'goodware-linux',
      'goodware-macos',
      'goodware-windows',
      'preview',
      'profile',
      'tests',
    ].map((name) => `rearview-${name}`),
  );
  t.like(sections.get('rearview-check'), { section: 'check', verdict: 'passed', errors: 0 });
  t.like(sections.get('rearview-tests'), { section: 'tests', verdict: 'passed', failed: 0 });
  t.like(sections.get('rearview-diff'), { changes: [{ kind: 'added', rule: 'good.yar:Good' }], toScan: 1 });
  t.like(sections.get('rearview-goodware-macos'), { place: 'macos', verdict: 'passed', files: 1, failing: 0 });
  for (const part of ['forecast', 'preview']) {
    t.like(sections.get(`rearview-${part}`), { section: 'left', of: part });
  }
  t.deepEqual(annotationsOf(run, 'check'), []);
  t.true(run.artifacts.has('junit'));
  t.not(run.jobs['check']?.summary, '');
});

test('a rule that does not compile fails with an annotation on its line, and the required check with it', async (t) => {
  const { review } = setUp(t);
  const run = await review({ 'rules/bad.yar': 'rule Bad {\n  condition:\n    $nothing\n}\n' });
  t.like(resultsOf(run), { check: 'failure', required: 'failure' }, describeRun(run));
  t.true(
    annotationsOf(run, 'check').some(
      ({ command, properties }) =>
        command === 'error' && properties['file'] === 'rules/bad.yar' && properties['line'] === '3',
    ),
  );
  t.like(sectionsOf(run).get('rearview-check'), { verdict: 'failed' });
});

test('a failing test fails the check, with its place', async (t) => {
  const { review } = setUp(t);
  const files = testedRule('Good', 'good and new');
  const run = await review({
    ...files,
    'rule-tests/good.yar.test.yaml': (files['rule-tests/good.yar.test.yaml'] ?? '').replace(
      '"nothing"',
      '"good and new"',
    ),
  });
  t.like(resultsOf(run), { check: 'failure', required: 'failure' }, describeRun(run));
  t.like(sectionsOf(run).get('rearview-tests'), { verdict: 'failed', failed: 1 });
  t.true(annotationsOf(run, 'check').some(({ properties }) => properties['file'] === 'rule-tests/good.yar.test.yaml'));
});

test('a rule that matches goodware fails on each system that has the files', async (t) => {
  const { review } = setUp(t);
  const run = await review(testedRule('Noisy', 'well-known'));
  t.like(
    resultsOf(run),
    { check: 'success', 'goodware (linux)': 'failure', 'goodware (windows)': 'failure', required: 'failure' },
    describeRun(run),
  );
  t.like(sectionsOf(run).get('rearview-goodware-linux'), { verdict: 'failed', failing: 1 });
});

test('a fork is checked as any other, but for the corpus, and its rules may pass', async (t) => {
  const { runner, repository } = setUp(t);
  const vars = { REARVIEW_PREVIEW_ROLE_ARN: 'arn:aws:iam::111122223333:role/preview', AWS_REGION: 'us-east-1' };
  const pull = repository.propose('theirs', testedRule('Good', 'good and new'), { fork: 'stranger/rules' });
  const run = await runWorkflow(rules, pull.event, { ...runner, vars });
  t.like(resultsOf(run), { corpus: 'skipped', 'no-corpus': 'success', required: 'success' }, describeRun(run));
});

test('a change without rules only runs the job that detects changes, and passes', async (t) => {
  const { review } = setUp(t);
  const run = await review({ 'README.md': 'Rules' });
  t.like(resultsOf(run), { scope: 'success', check: 'skipped', 'no-corpus': 'skipped', required: 'success' });
});

test('a skipped but necessary job does not satisfy the required check', async (t) => {
  const { runner, repository } = setUp(t);
  const { event } = repository.propose('change', testedRule('Good', 'good'));
  const { scope, required } = rules.jobs;
  if (scope === undefined || required === undefined) throw new Error('Who renames a job renames it here.');
  // The other jobs never run.
  const idle = Object.fromEntries(
    Object.entries(rules.jobs).map(([id, job]) => [
      id,
      id === 'scope' || id === 'required' ? job : { ...job, if: 'false' },
    ]),
  );
  const run = await runWorkflow({ ...rules, jobs: idle }, event, runner);
  t.like(resultsOf(run), { check: 'skipped', required: 'failure' });
});

test('a flag that is renamed breaks the workflow', async (t) => {
  const { runner, repository } = setUp(t);
  const renamed = readWorkflow(workflowText('rules.yml').replace('--format github', '--style github'));
  const run = await runWorkflow(renamed, repository.propose('change', testedRule('Good', 'good')).event, runner);
  t.like(resultsOf(run), { check: 'failure' });
});
