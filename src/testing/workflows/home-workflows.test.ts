import { join } from 'node:path';
import test from 'ava';
import { createTestCli, testedRule } from '../run-cli.ts';
import { tempFolder } from '../temp-folder.ts';
import { describeRun } from './describe-run.ts';
import { createPullRequestSite } from './pull-request-site.ts';
import { readWorkflow, type Workflow, workflowText } from './read-workflow.ts';
import { runWorkflow } from './run-workflow.ts';
import type { Runner } from './runner.ts';
import { sectionsOf } from './sections-of.ts';

const stack = '--target aws --stack-outputs outputs.json';
const role = 'arn:aws:iam::111122223333:role/any';

/** A workflow whose commands work on the pipeline of this machine instead of the stack. Here no function carries a scan out: who starts one does. */
function atHome(name: string, state: string): Workflow {
  const text = workflowText(`${name}.yml`);
  return readWorkflow(text.replaceAll(stack, `--state '${state}'`).replace('retro start --no-wait', 'retro start'));
}

test('the same commands do the same work on one machine: review, merge, report, rollback', async (t) => {
  const places = Object.fromEntries(['linux', 'macos', 'windows'].map((place) => [place, ['package.json']]));
  const site = await createPullRequestSite(t, {
    ...testedRule('Old', 'old text'),
    'rearview.yaml': `goodware:\n  places: ${JSON.stringify(places)}\n`,
  });
  const { repository, github } = site;
  const folder = tempFolder(t);
  const state = join(folder, 'state');
  const runner: Runner = {
    ...{ remote: repository.dir, repository: repository.name, folder },
    ...{ env: { GITHUB_API_URL: github.url }, assume: () => ({}) },
    vars: {
      ...{ AWS_REGION: 'us-east-1', REARVIEW_STACK_OUTPUTS: '{}' },
      ...{ REARVIEW_PREVIEW_ROLE_ARN: role, REARVIEW_PUBLISH_ROLE_ARN: role },
    },
  };
  const [publish, rules, rollback] = (['publish', 'rules', 'rollback'] as const).map((name) => atHome(name, state));
  if (publish === undefined || rules === undefined || rollback === undefined) throw new Error('no workflow');
  const cli = await createTestCli(t);
  const ask = async (...args: readonly string[]) => (await cli.run(...args, '--state', state, '--json')).lines;
  const matched = async () => (await ask('matches', 'list')).map(({ rule }) => rule).sort();

  const first = await runWorkflow(publish, repository.push({}), runner);
  t.is(first.conclusion, 'success', describeRun(first));
  await cli.write({ 'in/old.txt': 'old text', 'in/new.txt': 'new text' });
  const uploaded = await cli.run('upload', 'in', '--state', state);
  t.is(uploaded.code, 0, uploaded.stderr);

  const pull = site.open('change', testedRule('New', 'new text'));
  const reviewed = await runWorkflow(rules, pull.event, runner);
  t.is(reviewed.conclusion, 'success', describeRun(reviewed));
  t.is(reviewed.jobs['corpus']?.result, 'success');
  const sections = sectionsOf(reviewed);
  t.like(sections.get('rearview-forecast'), { section: 'forecast', dueObjects: 2 });
  t.like(sections.get('rearview-preview'), {
    ...{ section: 'preview', verdict: 'passed', state: 'completed', scanned: 2 },
    rules: [{ kind: 'added', now: 1, before: 0, gained: 1 }],
  });
  t.deepEqual(await matched(), ['Old'], 'a preview stores no match');

  const merged = await runWorkflow(publish, site.merge(pull), runner);
  t.is(merged.conclusion, 'success', describeRun(merged));
  t.regex(site.comments(pull)[0] ?? '', /Retro scan of .*completed[\s\S]*New/);
  t.deepEqual(await matched(), ['New', 'Old']);

  const event = { ...repository.push({}), name: 'workflow_dispatch', inputs: { ruleset: '' } };
  const back = await runWorkflow(rollback, event, runner);
  t.is(back.conclusion, 'success', describeRun(back));
  const [inForce] = await ask('ruleset', 'list');
  t.like(inForce, { sequence: 3 });
});
