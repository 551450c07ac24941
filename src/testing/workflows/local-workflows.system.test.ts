import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import { testedRule } from '../cli/run-cli.ts';
import { pushFiles } from '../github/git-store.ts';
import { stagedRule } from '../rules/staged-rule.ts';
import { tempFolder } from '../temp-folder.ts';
import { describeRun } from './describe-run.ts';
import { onThisMachine } from './on-this-machine.ts';
import { createPullRequestSite } from './pull-request-site.ts';
import type { PullRequest } from './rules-repository.ts';
import { runWorkflow } from './run-workflow.ts';
import type { Runner, WorkflowEvent } from './runner.ts';
import { sectionsOf } from './sections-of.ts';

const config = `goodware: { places: { linux: [package.json], macos: [package.json], windows: [package.json] } }
staged: { soakDays: 0.0000001 }
`;
const corpus = { 'in/old.txt': 'old text', 'in/new.txt': 'new text', 'in/quiet.txt': 'quiet text' };

/**
 * A target on this machine with a running pipeline, like that of `rearview up`, and workflows that
 * use it.
 */
async function setUp(t: ExecutionContext) {
  const files = { ...testedRule('Old', 'old'), ...stagedRule('Quiet', 'quiet'), 'rearview.yaml': config };
  const site = await createPullRequestSite(t, files);
  pushFiles(site.github.state, files);
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
      AWS_REGION: 'none',
      REARVIEW_PREVIEW_ROLE_ARN: 'preview',
      REARVIEW_PUBLISH_ROLE_ARN: 'publish',
      REARVIEW_ROLLBACK_ROLE_ARN: 'rollback',
      REARVIEW_STACK_OUTPUTS: '{}',
    },
    env: { GITHUB_API_URL: site.github.url },
    assume(role, { sub }) {
      const trusted = { preview: 'pull_request', publish: 'ref:refs/heads/main', rollback: 'environment:rollback' };
      const [, subject] = Object.entries(trusted).find(([name]) => name === role) ?? [];
      if (sub !== `repo:${site.repository.name}:${subject}`) throw new Error(`${role} does not trust ${sub}`);
      return {};
    },
  };
  const run = async (name: string, event: WorkflowEvent) => {
    const done = await runWorkflow(onThisMachine(name, stateDir), event, runner);
    t.is(done.conclusion, 'success', describeRun(done));
    return done;
  };
  /** The comments, without the id of the run that wrote them. */
  const comments = (pull: PullRequest) => site.comments(pull).map((body) => body.replace(/\/runs\/\d+/, '/runs/'));
  const current = async () => (await target.library.current())?.sequence;
  return { ...site, target, run, current, comments };
}

test('on one machine: a pull request, its merge, the reports, a promotion and a rollback', async (t) => {
  const { repository, github, target, run, current, ...site } = await setUp(t);
  await run('publish', repository.push({}));
  t.is(await current(), 1);
  for (const [key, content] of Object.entries(corpus)) await target.corpus.put(key, Buffer.from(content));
  const arrived = async () => (await target.state.scans.list({ kind: 'live', limit: 1 }))[0]?.counts.objects ?? 0;
  while ((await arrived()) < Object.keys(corpus).length) await sleep(20);

  const pull = site.open('rules', testedRule('New', 'new'));
  const matched = async () =>
    (await target.state.matches.list({ filter: {}, limit: 10 })).matches.map(({ ruleId }) => ruleId).sort();
  t.deepEqual(await matched(), ['old.yar:Old', 'quiet.yar:Quiet']);
  const sections = sectionsOf(await run('rules', pull.event));
  t.like(sections.get('rearview-forecast'), { section: 'forecast', verdict: 'passed', dueObjects: 3, rules: 1 });
  t.like(sections.get('rearview-preview'), {
    ...{ section: 'preview', verdict: 'passed', state: 'completed', scanned: 3 },
    rules: [{ kind: 'added', now: 1, before: 0, gained: 1 }],
  });
  t.is(await current(), 1, 'no pull request changes the active ruleset');
  t.deepEqual(await matched(), ['old.yar:Old', 'quiet.yar:Quiet'], 'nor stores a match');

  const merged = site.merge(pull);
  t.true((await run('publish', merged)).artifacts.has('ledger'));
  t.is(await current(), 2);
  const [comment = ''] = site.comments(pull);
  t.regex(comment, /completed[\s\S]*3 objects = 3 scanned[\s\S]*<strong>1 new match<[\s\S]*New/);
  await run('publish', merged);
  t.is(await current(), 2);
  t.is(site.comments(pull).length, 1);

  const daily = { ...merged, name: 'schedule', payload: {} };
  await run('scan-report', daily);
  t.deepEqual(site.comments(pull), [comment]);
  await run('promotion', daily);
  t.deepEqual(github.state.pulls.map(({ title, baseBranch }) => [title, baseBranch]).at(-1), [
    'Promote the staged rule Quiet',
    'main',
  ]);

  const dispatch = { ...daily, name: 'workflow_dispatch', inputs: { ruleset: '' } };
  await run('rollback', dispatch);
  t.is(await current(), 3);
  t.like(await target.library.current(), { returnsTo: 1 });
  await run('publish', merged);
  t.is(await current(), 3, 'a publish that is run again does not undo it');
  t.deepEqual(site.comments(pull), [comment], 'nor does it change what the merge found');
});
