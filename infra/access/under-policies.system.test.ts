import { createHash } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { callsOf } from '../../src/testing/aws-calls/calls-of.ts';
import { startExercise } from '../../src/testing/aws-calls/exercise/start-exercise.ts';
import type { RecordedRequest } from '../../src/testing/aws-calls/recorded-request.ts';
import { createAwsRecorder } from '../../src/testing/aws-calls/recorder.ts';
import { testedRule } from '../../src/testing/cli/run-cli.ts';
import { pushFiles } from '../../src/testing/github/git-store.ts';
import { startGithub } from '../../src/testing/github/github-server.ts';
import { addPull } from '../../src/testing/github/github-state.ts';
import { stagedRule } from '../../src/testing/rules/staged-rule.ts';
import { testWithDynamo } from '../../src/testing/test-unless.ts';
import { evaluateCall } from '../testing/iam/evaluate-call.ts';
import { recordAccess } from '../testing/record-access.ts';

const config = {
  github: { repository: 'octo-org/rules' },
  collectors: { principals: ['arn:aws:iam::444455556666:role/mail-gateway'] },
};
const isOurs = ({ caller }: RecordedRequest) => ['publish', 'preview', 'collector'].includes(caller);

/** The pipeline under the policies of the stack, which restrict every external caller. */
async function startUnderPolicies(t: ExecutionContext) {
  const { result: stack, policies } = await recordAccess(config);
  const recorder = createAwsRecorder(t, {
    async isAllowed(request) {
      if (!isOurs(request)) return true;
      const decisions = await Promise.all(callsOf(request, stack).map((call) => evaluateCall(call, policies)));
      return decisions.every((decision) => decision === 'Allowed');
    },
  });
  const settings = { tagObjects: 'false', cleanTopicArn: '', quarantineSeverities: '' };
  const exercise = await startExercise(t, recorder, { settings });
  const refused = () =>
    [...new Set(recorder.refused.map(({ method, path }) => `${method} ${path.split('/')[1]}`))].sort();
  return { ...exercise, refused };
}

testWithDynamo(
  'a caller that may only put files uploads, also in parts, and learns nothing about existing files',
  async (t) => {
    const { pipeline, succeed, refused } = await startUnderPolicies(t);
    const large = new Uint8Array(6 * 2 ** 20).fill(7);
    pipeline.write({ 'in/small': 'alpha', 'in/large': large });
    const { stderr } = await succeed('collector', 'upload', 'in');
    t.regex(stderr, /2 files uploaded/);
    const { bytes } = await pipeline.target.corpus.read(await pipeline.target.corpus.head({ key: 'in/large' }), {
      maxBytes: 2 ** 24,
    });
    t.is(createHash('sha256').update(bytes).digest('hex'), createHash('sha256').update(large).digest('hex'));
    t.deepEqual(refused(), ['HEAD corpus']);
    const { code, stderr: why } = await pipeline.runAs('collector', 'retro', 'plan');
    t.is(code, 75, why);
  },
);

testWithDynamo('the main branch publishes, and starts a scan; a pull request sees its forecast', async (t) => {
  const { pipeline, succeed, refused } = await startUnderPolicies(t);
  pipeline.write(testedRule('alpha', 'alpha'));
  await succeed('publish', 'publish');
  await pipeline.upload({ a: 'alpha', b: 'beta' });
  await pipeline.settle();
  pipeline.write(testedRule('beta', 'beta'));
  const diff = await succeed('preview', 'rules', 'diff');
  t.regex(diff.stdout, /\+ beta\.yar:beta\n1 change, 1 unchanged/, 'of what is published in AWS');
  const preview = await succeed('preview', 'retro', 'preview');
  t.regex(preview.stdout, /completed {2}passed\n[\s\S]* 1 +0 +1 +0 +added .* beta\.yar:beta\n/);
  const [previewId = ''] = /preview-[\w-]+/.exec(preview.stdout) ?? [];
  t.regex((await succeed('preview', 'retro', 'preview', '--scan', previewId)).stdout, /completed {2}passed/);
  await succeed('publish', 'publish');
  const plan = await succeed('preview', 'retro', 'plan');
  t.regex(plan.stdout, /to scan +2 objects/);
  const { stdout } = await succeed('publish', 'retro', 'start', '--no-wait');
  t.is((await pipeline.ended(stdout.trim())).state, 'completed');
  t.regex((await succeed('publish', 'matches', 'list')).stdout, /beta/);
  // A missing object is denied to a caller without list permission, and then stored.
  t.deepEqual(refused(), ['HEAD artifacts']);

  for (const command of [['publish'], ['retro', 'start', '--no-wait', '--full'], ['matches', 'list']]) {
    pipeline.write(testedRule('gamma', 'gamma'));
    const { code, stderr } = await pipeline.runAs('preview', ...command);
    t.not(code, 0, `a pull request may not ${command.join(' ')}: ${stderr}`);
  }
  t.like(await pipeline.target.library.current(), { sequence: 2 });
  t.is((await pipeline.target.state.scans.list({ kind: 'retro', limit: 10 })).length, 1);
});

testWithDynamo(
  'the main branch reports on a pull request what its rules matched, and rolls back to earlier rules',
  async (t) => {
    const { pipeline, succeed, refused } = await startUnderPolicies(t);
    const github = await startGithub(t);
    const [first, second] = ['1'.repeat(40), '2'.repeat(40)];
    addPull(github.state, { number: 1, state: 'closed', mergedAt: '2026-11-25T12:00:00Z', commits: [first] });
    await pipeline.upload({ a: 'alpha', b: 'beta' });
    await pipeline.settle();
    pipeline.write(testedRule('alpha', 'alpha'));
    await succeed('publish', 'publish', '--commit', first);
    const { stdout } = await succeed('publish', 'retro', 'start', '--no-wait');
    await pipeline.ended(stdout.trim());
    const env = { ...pipeline.services.env, ...github.env, AWS_ACCESS_KEY_ID: 'publish' };
    const report = await pipeline.runWith(env, 'github', 'report', '--commit', first);
    t.is(report.code, 0, report.stderr);
    t.regex(report.stdout, / completed, 1 new matches; #1 created/);
    t.regex(github.state.comments[0]?.body ?? '', /2 objects = 2 scanned[\s\S]*alpha/);

    pipeline.write(testedRule('beta', 'beta'));
    await succeed('publish', 'publish');
    t.regex((await succeed('publish', 'ruleset', 'rollback')).stdout, /number 3 {2}commit 1{40}/);
    t.like(JSON.parse((await succeed('publish', 'ruleset', 'list', '--json')).stdout.split('\n')[0] ?? ''), {
      sequence: 3,
    });
    t.deepEqual(refused(), ['HEAD artifacts']);
    for (const command of [
      ['ruleset', 'rollback', '2'],
      ['publish', '--commit', second],
    ]) {
      t.not((await pipeline.runAs('preview', ...command)).code, 0, `a pull request may not ${command.join(' ')}`);
    }
    t.like(await pipeline.target.library.current(), { sequence: 3 });
  },
);

testWithDynamo('the main branch sees the matches of its staged rules, and proposes their promotion', async (t) => {
  const { pipeline, refused, succeed } = await startUnderPolicies(t);
  const github = await startGithub(t, { permissions: ['contents: write', 'pull-requests: write'] });
  const quiet = stagedRule('Quiet', 'quiet');
  pushFiles(github.state, quiet);
  pipeline.write({ ...quiet, 'rearview.yaml': 'staged: { soakDays: 0.0000001 }\n' });
  await pipeline.upload({ a: 'quiet', b: 'quiet' });
  await succeed('publish', 'publish');
  const { stdout } = await succeed('publish', 'retro', 'start', '--no-wait');
  await pipeline.ended(stdout.trim());
  await pipeline.settle();
  const env = { ...pipeline.services.env, ...github.env, AWS_ACCESS_KEY_ID: 'publish' };
  const promoted = await pipeline.runWith(env, 'github', 'promote');
  t.is(promoted.code, 0, promoted.stderr);
  t.regex(promoted.stdout, /^promote {2}quiet\.yar:Quiet {2}opened/);
  t.regex(github.state.pulls[0]?.body ?? '', /2 objects, 1 content/);
  t.deepEqual(refused(), ['HEAD artifacts']);
});
