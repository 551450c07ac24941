import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tempFolder } from '../temp-folder.ts';
import { readWorkflow } from './read-workflow.ts';
import { createRulesRepository } from './rules-repository.ts';
import { runWorkflow } from './run-workflow.ts';
import type { Runner } from './runner.ts';

/** An expression in the syntax of workflows. */
const braces = (expression: string) => `\${{ ${expression} }}`;
const checkout = `uses: actions/checkout@${'0'.repeat(40)}`;

function setUp(t: ExecutionContext) {
  const repository = createRulesRepository(t, { 'a.txt': 'one', 'package-lock.json': '{}' });
  const runner: Runner = {
    remote: repository.dir,
    repository: repository.name,
    vars: { ROLE: 'arn:role' },
    env: {},
    folder: tempFolder(t),
    assume(role, { sub }) {
      if (sub !== 'repo:octo/rules:pull_request') throw new Error(`${role} does not trust ${sub}`);
      return { AWS_ACCESS_KEY_ID: role };
    },
  };
  const pull = repository.propose('change', { 'a.txt': 'two' });
  return { repository, runner, pull };
}

const job = (steps: string, more = '') => `name: T
on: { pull_request: {} }
jobs:
  one:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
${more}    steps:
${steps}`;

test('a job stops at a failed step, except for steps with a status condition, and fails', async (t) => {
  const { runner, pull } = setUp(t);
  const steps = `
      - run: echo first
      - { id: broken, run: exit 3 }
      - run: echo never
      - { if: always(), env: { BROKEN: "${braces('steps.broken.outcome')}" }, run: echo "$BROKEN" }
      - { if: failure(), run: echo mend }
`;
  const { conclusion, jobs } = await runWorkflow(readWorkflow(job(steps)), pull.event, runner);
  t.is(conclusion, 'failure');
  t.deepEqual(
    jobs['one']?.steps.map(({ outcome, stdout }) => [outcome, stdout.trim()]),
    [
      ['success', 'first'],
      ['failure', ''],
      ['skipped', ''],
      ['success', 'failure'],
      ['success', 'mend'],
    ],
  );
});

test('jobs have outputs, needs, matrices and artifacts, and a skipped job skips those that need it', async (t) => {
  const { runner, pull } = setUp(t);
  const workflow = readWorkflow(`name: T
on: { pull_request: {} }
env: { ALL: all }
jobs:
  last:
    needs: [first, never, each, after]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - { run: 'echo "$A" > a.txt', env: { A: "${braces('toJSON(needs)')}" } }
      - { uses: actions/upload-artifact@v, with: { name: a, path: a.txt } }
  never: { runs-on: ubuntu-latest, if: "github.event_name == 'push'", steps: [{ run: exit 1 }] }
  after: { runs-on: ubuntu-latest, needs: never, steps: [{ run: exit 1 }] }
  each:
    needs: first
    strategy: { matrix: { include: [{ place: x }, { place: y }] } }
    runs-on: ubuntu-latest
    env: { PLACE: "${braces('matrix.place')}", SAID: "${braces('needs.first.outputs.said')}" }
    steps:
      - { run: 'echo "$ALL $PLACE $SAID $LATER"' }
      - { run: 'echo "LATER=on" >> "$GITHUB_ENV"' }
      - { run: 'echo "$LATER" >> "$GITHUB_STEP_SUMMARY"' }
  first:
    runs-on: ubuntu-latest
    outputs: { said: "${braces('steps.say.outputs.said')}" }
    steps: [{ id: say, run: 'printf "said<<END\\na\\nb\\nEND\\n" >> "$GITHUB_OUTPUT"' }]
`);
  const { conclusion, jobs, artifacts } = await runWorkflow(workflow, pull.event, runner);
  t.is(conclusion, 'success');
  t.is(jobs['each (x)']?.steps[0]?.stdout, 'all x a\nb \n');
  t.is(jobs['each (y)']?.summary, 'on\n');
  const needs = JSON.parse(readFileSync(join(artifacts.get('a') ?? '', 'a.txt'), 'utf8'));
  t.is(needs.first.outputs.said, 'a\nb');
  t.deepEqual([needs.never.result, needs.after.result, needs.each.result], ['skipped', 'skipped', 'success']);
});

test('a checkout has the merge of a pull request and the requested depth of history', async (t) => {
  const { repository, runner, pull } = setUp(t);
  const shallow = `
      - { ${checkout}, with: { persist-credentials: false } }
      - run: cat a.txt && git rev-parse HEAD
      - run: git rev-parse HEAD^1
`;
  const { jobs } = await runWorkflow(readWorkflow(job(shallow)), pull.event, runner);
  t.is(jobs['one']?.steps[1]?.stdout, `two${pull.event.sha}\n`);
  t.is(jobs['one']?.steps[2]?.outcome, 'failure', 'only one commit');
  const deep = `
      - { ${checkout}, with: { fetch-depth: 2 } }
      - run: git rev-parse HEAD^1
`;
  const both = await runWorkflow(readWorkflow(job(deep)), pull.event, runner);
  t.is(both.jobs['one']?.steps[1]?.stdout.trim(), repository.tip());
  const main = `
      - { ${checkout}, with: { fetch-depth: 0, ref: main } }
      - run: cat a.txt && git rev-list --count HEAD && git branch --show-current
`;
  const tip = await runWorkflow(readWorkflow(job(main)), pull.event, runner);
  t.is(tip.jobs['one']?.steps[1]?.stdout, 'one1\nmain\n');
});

test('a role is given to jobs that it trusts, and never to a job of a fork or without a token', async (t) => {
  const { repository, runner, pull } = setUp(t);
  const steps = `
      - { uses: aws-actions/configure-aws-credentials@v, with: { role-to-assume: "${braces('vars.ROLE')}", aws-region: a } }
      - run: echo "$AWS_ACCESS_KEY_ID $AWS_REGION"
`;
  const outcomes = async (text: string, event = pull.event) => {
    const { jobs } = await runWorkflow(readWorkflow(text), event, runner);
    return jobs['one']?.steps.map(({ stdout, stderr }) => stdout + stderr) ?? [];
  };
  t.deepEqual(await outcomes(job(steps)), ['', 'arn:role a\n']);
  t.regex(
    (await outcomes(job(steps, '    environment: production\n'))).join(),
    /does not trust .*environment:production/,
  );
  t.regex((await outcomes(job(steps).replace('id-token: write', ''))).join(), /no token/);
  const fork = repository.propose('theirs', { 'a.txt': 'three' }, { fork: 'other/rules' });
  t.regex((await outcomes(job(steps), fork.event)).join(), /no token/);
});

test('an action without a stand-in, an unknown input and a missing needed job are errors', async (t) => {
  const { runner, pull } = setUp(t);
  const run = (steps: string) => runWorkflow(readWorkflow(job(steps)), pull.event, runner);
  await t.throwsAsync(run('      - uses: example/unknown@v1'), {
    message: /There is no stand-in for example\/unknown/,
  });
  const { jobs } = await run('      - { uses: actions/setup-node@v, with: { nod-version: 24 } }');
  t.regex(jobs['one']?.steps[0]?.stderr ?? '', /nod-version/);
  t.throws(() => readWorkflow(job('      - { run: a, paralel: true }')), { message: /paralel/ });
  await t.throwsAsync(
    runWorkflow(readWorkflow(job('      - run: a').replace('runs-on', 'needs: none\n    runs-on')), pull.event, runner),
    { message: /none/ },
  );
});

test('the runner sets no registry and has no settings of the user', async (t) => {
  const { runner, pull } = setUp(t);
  const { jobs } = await runWorkflow(readWorkflow(job('      - run: env')), pull.event, runner);
  const env = jobs['one']?.steps[0]?.stdout ?? '';
  t.regex(env, /^npm_config_offline=true$/m);
  t.notRegex(env, new RegExp(`^HOME=${process.env['HOME']}$`, 'm'));
});
