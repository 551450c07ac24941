import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { testedRule } from '../cli/run-cli.ts';
import { pushFiles } from '../github/git-store.ts';
import { startGithub } from '../github/github-server.ts';
import { stagedRule } from '../rules/staged-rule.ts';
import { testWithDynamo } from '../test-unless.ts';
import { describeRun } from './describe-run.ts';
import { readWorkflow, workflowNamed, workflowText } from './read-workflow.ts';
import { createRulesRepository } from './rules-repository.ts';
import { jobToken, runWorkflow } from './run-workflow.ts';
import { sectionsOf } from './sections-of.ts';
import { startStackRunner } from './stack-runner.ts';

const [rules, publish, rollback] = [workflowNamed('rules'), workflowNamed('publish'), workflowNamed('rollback')];
const promotion = workflowNamed('promotion');

/** Old rules that a merge made active, files that they match, and files that new rules match. */
async function setUp(t: ExecutionContext) {
  const repository = createRulesRepository(t, testedRule('Old', 'old text'));
  const github = await startGithub(t, { tokens: { [jobToken]: 'github-actions[bot]' } });
  const stack = await startStackRunner(t, repository, { env: { GITHUB_API_URL: github.url } });
  const { pipeline, runner, refused } = stack;
  await pipeline.upload({ 'in/old.txt': 'old text', 'in/new.txt': 'new text', 'in/both.txt': 'old text, new text' });
  return {
    ...{ repository, github, pipeline, runner, refused },
    current: async () => (await pipeline.target.library.current())?.sequence,
    async publish(event = repository.push({})) {
      const run = await runWorkflow(publish, event, runner);
      t.is(run.conclusion, 'success', describeRun(run));
      return run;
    },
  };
}

testWithDynamo(
  'a merge publishes, scans and reports; a rollback makes the previous ruleset active again',
  async (t) => {
    const { repository, github, pipeline, runner, refused, current, ...its } = await setUp(t);
    const first = await its.publish();
    t.is(await current(), 1);
    t.true(first.artifacts.has('ledger'));

    const change = { ...testedRule('New', 'new text'), ...stagedRule('Quiet', 'quiet') };
    const merged = repository.merge(repository.propose('change', change));
    await its.publish(merged);
    t.is(await current(), 2);
    await its.publish(merged);
    t.is(await current(), 2, 'doing it again changes nothing');
    await pipeline.settle();
    t.deepEqual((await pipeline.alerts()).map(({ rule, object }) => `${rule.name} ${object.key}`).sort(), [
      'New in/both.txt',
      'New in/new.txt',
      'Old in/both.txt',
      'Old in/old.txt',
    ]);

    pushFiles(github.state, change);
    const daily = { ...merged, name: 'schedule', payload: {} };
    const promoted = await runWorkflow(promotion, daily, runner);
    t.is(promoted.conclusion, 'success', describeRun(promoted));
    t.regex(promoted.jobs['promote']?.steps.at(-1)?.stdout ?? '', /^soaking {2}quiet\.yar:Quiet/m);

    const dispatch = { ...merged, name: 'workflow_dispatch', payload: { inputs: {} } };
    const back = await runWorkflow(rollback, { ...dispatch, inputs: { ruleset: '' } }, runner);
    t.is(back.conclusion, 'success', describeRun(back));
    const [old] = (await pipeline.target.library.get((await pipeline.target.library.current())?.rulesetId ?? '')).rules;
    t.like(old, { name: 'Old' });
    t.is(await current(), 3);

    await its.publish(merged);
    t.is(await current(), 3, 'a publish that is run again does not undo it');
    const again = await runWorkflow(rollback, { ...dispatch, attempt: 2, inputs: { ruleset: '' } }, runner);
    t.is(again.conclusion, 'failure', 'nor does a rollback that is run again go further back');
    t.is(await current(), 3);

    const named = await runWorkflow(rollback, { ...dispatch, attempt: 2, inputs: { ruleset: '2' } }, runner);
    t.is(named.conclusion, 'success', describeRun(named));
    t.is(await current(), 4);

    for (const ruleset of [`1"; touch pwned; "`, '$(touch pwned)', '--replaces', '1 2']) {
      const hostile = await runWorkflow(rollback, { ...dispatch, inputs: { ruleset } }, runner);
      t.is(hostile.conclusion, 'failure', ruleset);
      t.false(existsSync(join(runner.folder, 'jobs', 'rollback', 'workspace', 'pwned')));
    }
    const elsewhere = await runWorkflow(
      rollback,
      { ...dispatch, ref: 'refs/heads/topic', inputs: { ruleset: '1' } },
      runner,
    );
    t.is(elsewhere.jobs['rollback']?.result, 'skipped');
    t.is(await current(), 4);

    // Only the workflow of a rollback, in its environment, can assume its role: no other job on the
    // main branch can.
    const text = (name: string, from: string, to: string) =>
      readWorkflow(workflowText(`${name}.yml`).replaceAll(from, () => to));
    const swapped = [
      [text('rollback', 'REARVIEW_ROLLBACK_ROLE_ARN', 'REARVIEW_PUBLISH_ROLE_ARN'), 'no publication by a rollback'],
      [text('rollback', '    environment: rollback\n', ''), 'no rollback without its reviewers'],
      [text('publish', 'REARVIEW_PUBLISH_ROLE_ARN', 'REARVIEW_ROLLBACK_ROLE_ARN'), 'no rollback by a publication'],
      [text('publish', 'name: Publish\n', 'name: CI\n'), 'no publication by another workflow of the main branch'],
    ] as const;
    for (const [workflow, why] of swapped) {
      const denied = await runWorkflow(workflow, { ...dispatch, inputs: { ruleset: '1' } }, runner);
      t.regex(describeRun(denied), /Not authorized to perform sts:AssumeRoleWithWebIdentity/, why);
    }
    t.is(await current(), 4);
    t.deepEqual([...refused].sort(), ['batcher: s3:ListBucket', 'publish: s3:ListBucket'], 'of what is not there yet');
  },
);

testWithDynamo(
  'a pull request shows what its rules would match and cost, only with the role for previews',
  async (t) => {
    const { repository, pipeline, runner, refused, current, ...its } = await setUp(t);
    await its.publish();
    const pull = repository.propose('change', {
      ...testedRule('New', 'new text'),
      'rearview.yaml':
        'goodware: { places: { linux: [package.json], macos: [package.json], windows: [package.json] } }\n',
    });
    const before = await pipeline.alerts();
    const run = await runWorkflow(rules, pull.event, runner);
    t.is(run.conclusion, 'success', describeRun(run));
    t.is(run.jobs['no-corpus']?.result, 'skipped');
    const sections = sectionsOf(run);
    t.like(sections.get('rearview-forecast'), {
      section: 'forecast',
      verdict: 'passed',
      dueObjects: 2,
      excludedObjects: 1,
      rules: 1,
    });
    t.like(sections.get('rearview-preview'), {
      ...{ section: 'preview', verdict: 'passed', state: 'completed', scanned: 2 },
      rules: [{ kind: 'added', now: 2, before: 0, gained: 2 }],
    });
    await pipeline.settle();
    t.deepEqual(await pipeline.alerts(), before, 'nothing alerts');
    t.is(await current(), 1);
    t.deepEqual(
      [...refused].filter((each) => each.startsWith('preview')),
      [],
    );

    // A role can only be assumed by jobs that it trusts: a pull request cannot assume that of the main
    // branch.
    const greedy = JSON.parse(
      JSON.stringify(rules).replaceAll('REARVIEW_PREVIEW_ROLE_ARN', 'REARVIEW_PUBLISH_ROLE_ARN'),
    );
    const denied = await runWorkflow(greedy, pull.event, runner);
    t.regex(describeRun(denied), /Not authorized to perform sts:AssumeRoleWithWebIdentity/);
    t.is(denied.jobs['required']?.result, 'failure');
  },
);

testWithDynamo('a public repository has a forecast and no preview, unless a variable turns previews on', async (t) => {
  const { repository, pipeline, runner, ...its } = await setUp(t);
  await its.publish();
  const { event } = repository.propose('change', testedRule('New', 'new text'));
  const { scope, corpus } = rules.jobs;
  if (scope === undefined || corpus === undefined) throw new Error('Who renames a job renames it here.');
  const review = async (about: Readonly<Record<string, unknown>>, vars: Readonly<Record<string, string>> = {}) => {
    const payload = { ...event.payload, repository: about };
    const given = { ...runner, vars: { ...runner.vars, ...vars } };
    const run = await runWorkflow({ ...rules, jobs: { scope, corpus } }, { ...event, payload }, given);
    t.is(run.conclusion, 'success', describeRun(run));
    return sectionsOf(run);
  };
  // An event without this field counts as an event of a public repository.
  for (const about of [{ private: false }, {}]) {
    const sections = await review(about, { REARVIEW_PREVIEW_PUBLIC: 'false' });
    t.like(sections.get('rearview-forecast'), { section: 'forecast' });
    const left = sections.get('rearview-preview');
    t.like(left, { section: 'left', of: 'preview', verdict: 'unknown' });
    t.regex(left?.section === 'left' ? left.why : '', /^The repository is public.*REARVIEW_PREVIEW_PUBLIC/);
  }
  t.deepEqual(await pipeline.target.state.scans.list({ kind: 'preview', limit: 1 }), []);
  const sections = await review({ private: false }, { REARVIEW_PREVIEW_PUBLIC: 'true' });
  t.like(sections.get('rearview-preview'), { section: 'preview', state: 'completed' });
});
