import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testedRule } from '../cli/run-cli.ts';
import { tempFolder } from '../temp-folder.ts';
import { testWithDynamo } from '../test-unless.ts';
import { describeRun } from './describe-run.ts';
import { createPullRequestSite } from './pull-request-site.ts';
import { readWorkflow, workflowNamed, workflowText } from './read-workflow.ts';
import { runWorkflow } from './run-workflow.ts';
import type { WorkflowEvent } from './runner.ts';
import { startStackRunner } from './stack-runner.ts';

/** A rule that is fast for the samples of its tests, and never finishes for a larger file. */
const slowCondition =
  '$a and (filesize < 64 or for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ))';

const slow = Object.fromEntries(
  Object.entries(testedRule('Slow', 'sluggish')).map(([path, text]) => [
    path,
    text.replace('condition:\n    $a', `condition:\n    ${slowCondition}`),
  ]),
);
const without = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.keys(files).map((path) => [path, null]));

testWithDynamo('from the pull request to the rollback, with a good, a bad, a slow and a noisy rule', async (t) => {
  const goodware = join(tempFolder(t), 'goodware');
  mkdirSync(goodware);
  writeFileSync(join(goodware, 'notepad.txt'), 'the well-known editor');
  const places = Object.fromEntries(['linux', 'macos', 'windows'].map((place) => [place, [goodware]]));
  const site = await createPullRequestSite(t, {
    ...testedRule('Old', 'old text'),
    'rearview.yaml': `goodware:\n  places: ${JSON.stringify(places)}\n`,
  });
  const { repository, github } = site;
  const { runner, pipeline } = await startStackRunner(t, repository, {
    env: { GITHUB_API_URL: github.url },
    settings: { deadlineMs: '1000' },
  });
  const current = async () => (await pipeline.target.library.current())?.sequence;
  await pipeline.upload({
    'old.txt': 'old text',
    'new.txt': 'new text',
    'sluggish.txt': 'sluggish '.repeat(20),
    'editor.txt': 'a well-known editor',
  });
  // The job would wait for the scan until its time limit.
  const impatient = readWorkflow(workflowText('publish.yml').replace('--wait 40m', '--wait 1s'));
  const publish = async (event: WorkflowEvent, workflow = workflowNamed('publish')) => {
    const run = await runWorkflow(workflow, event, runner);
    t.is(run.conclusion, 'success', describeRun(run));
  };
  await publish(repository.push({}));
  t.is(await current(), 1);

  // The bad rule prevents the review of all others.
  const bad = { 'rules/bad.yar': 'rule Bad { condition: $nothing }\n' };
  const noisy = testedRule('Noisy', 'well-known');
  let pull = site.open('rules', { ...testedRule('New', 'new text'), ...noisy, ...slow, ...bad });
  let reviewed = await site.review(runner, pull);
  t.is(reviewed.rules.jobs['required']?.result, 'failure');
  t.is(reviewed.comment.conclusion, 'success', describeRun(reviewed.comment));
  t.is(site.conclusion(pull), 'failure');
  t.regex(site.comments(pull)[0] ?? '', /bad\.yar/);

  // Without it, the noisy rule and the slow rule are found.
  pull = site.push(pull, without(bad));
  reviewed = await site.review(runner, pull);
  t.is(reviewed.rules.jobs['check']?.result, 'success', describeRun(reviewed.rules));
  t.is(reviewed.rules.jobs['goodware (linux)']?.result, 'failure');
  t.is(reviewed.rules.jobs['corpus']?.result, 'success', describeRun(reviewed.rules));
  t.is(site.conclusion(pull), 'failure');
  const [comment = '', ...others] = site.comments(pull);
  t.deepEqual(others, [], 'one comment, in place');
  t.regex(comment, /notepad\.txt/);
  t.regex(comment, /timeout/);
  t.false(comment.includes('bad.yar'));

  // Only the good rule may be merged.
  pull = site.push(pull, { ...without(noisy), ...without(slow) });
  reviewed = await site.review(runner, pull);
  t.is(reviewed.rules.conclusion, 'success', describeRun(reviewed.rules));
  t.is(site.conclusion(pull), 'success', site.comments(pull)[0]);
  t.is(site.comments(pull).length, 1);
  t.is(await current(), 1, 'no pull request changes the active ruleset');

  // Its scan is not planned before the next merge.
  pipeline.lambda.setChaos({ kill: ({ functionName }) => (functionName === 'batcher' ? 0 : null) });
  await publish(site.merge(pull), impatient);
  t.is(await current(), 2);
  t.regex(site.comments(pull)[1] ?? '', /Retro scan of .*running/);
  pipeline.lambda.setChaos({});
  const next = site.open('more', testedRule('More', 'old'));
  await publish(site.merge(next));
  t.is(await current(), 3);
  t.regex(site.comments(next)[0] ?? '', /Retro scan of .*completed[\s\S]*More/);

  const hourly = { ...repository.push({}), name: 'schedule', payload: {} };
  const report = await runWorkflow(workflowNamed('scan-report'), hourly, runner);
  t.is(report.conclusion, 'success', describeRun(report));
  t.regex(site.comments(pull)[1] ?? '', /Retro scan of .*completed[\s\S]*New/, 'by the scan that took over');
  await pipeline.settle();
  t.deepEqual((await pipeline.alerts()).map(({ rule, object }) => `${rule.name} ${object.key}`).sort(), [
    'More old.txt',
    'New new.txt',
    'Old old.txt',
  ]);

  const dispatch = { ...hourly, name: 'workflow_dispatch', inputs: { ruleset: '' } };
  const back = await runWorkflow(workflowNamed('rollback'), dispatch, runner);
  t.is(back.conclusion, 'success', describeRun(back));
  t.is(await current(), 4);
  const { rulesetId = '' } = (await pipeline.target.library.current()) ?? {};
  t.deepEqual((await pipeline.target.library.get(rulesetId)).rules.map(({ name }) => name).sort(), ['New', 'Old']);
});
