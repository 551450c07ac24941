import test from 'ava';
import * as z from 'zod';
import { parsePolicy } from '../testing/iam/policies.ts';
import { recordAccess } from '../testing/record-access.ts';

const repository = 'octo-org/rules';
const withGithub = (more: Readonly<Record<string, unknown>> = {}) => recordAccess({ github: { repository, ...more } });
const trust = z.object({
  Statement: z.tuple([
    z.strictObject({
      Sid: z.string(),
      Effect: z.literal('Allow'),
      Principal: z.strictObject({ Federated: z.string() }),
      Action: z.literal('sts:AssumeRoleWithWebIdentity'),
      Condition: z.strictObject({
        StringEquals: z.record(z.string(), z.string()),
        StringLike: z.record(z.string(), z.array(z.string())),
      }),
    }),
  ]),
});
type Recorded = Awaited<ReturnType<typeof recordAccess>>;
const trustOf = (recorded: Recorded, name: string) =>
  trust.parse(JSON.parse(String(recorded.named(`github-${name}`, 'Role').inputs['assumeRolePolicy']))).Statement[0];
const grantsOf = (recorded: Recorded, name: string) =>
  parsePolicy(recorded.named(`github-${name}`, 'RolePolicy').inputs['policy']).Statement;

test.serial('without a repository, GitHub has no access', async (t) => {
  const recorded = await recordAccess();
  t.deepEqual(recorded.ofType('Role'), []);
  t.deepEqual(recorded.ofType('OpenIdConnectProvider'), []);
});

test.serial(
  'pull requests read, the main branch publishes, and an environment rolls back, each with its subject and workflows',
  async (t) => {
    const recorded = await withGithub();
    const [provider] = recorded.ofType('OpenIdConnectProvider');
    t.like(provider?.inputs, {
      url: 'https://token.actions.githubusercontent.com',
      clientIdLists: ['sts.amazonaws.com'],
    });
    t.false('thumbprintLists' in (provider?.inputs ?? {}), 'AWS knows the authorities of GitHub');
    const at = (ref: string) => (file: string) => `${repository}/.github/workflows/${file}@${ref}`;
    const main = at('refs/heads/main');
    const trusted = {
      preview: [`repo:${repository}:pull_request`, ['rules.yml'].map(at('refs/pull/*/merge'))],
      publish: [
        `repo:${repository}:ref:refs/heads/main`,
        ['publish.yml', 'scan-report.yml', 'promotion.yml'].map(main),
      ],
      rollback: [`repo:${repository}:environment:rollback`, ['rollback.yml'].map(main)],
    } as const;
    for (const [name, [subject, workflows]] of Object.entries(trusted)) {
      const { Principal, Condition } = trustOf(recorded, name);
      t.is(Principal.Federated, 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com');
      t.deepEqual(Condition.StringEquals, {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': subject,
      });
      t.deepEqual(Condition.StringLike, { 'token.actions.githubusercontent.com:job_workflow_ref': workflows });
      t.like(recorded.named(`github-${name}`, 'Role').inputs, {
        ...{
          name: `rearview-prod-github-${name}`,
          maxSessionDuration: 3600,
          tags: { 'rearview-stack': 'rearview-prod' },
        },
      });
    }
  },
);

test.serial(
  'another branch may be the main one, and subjects may have the numbers of owner and repository',
  async (t) => {
    const recorded = await withGithub({ repository: 'octo-org@12/rules@345', mainBranch: 'trunk' });
    const subject = (name: string) =>
      trustOf(recorded, name).Condition.StringEquals['token.actions.githubusercontent.com:sub'];
    t.is(subject('publish'), 'repo:octo-org@12/rules@345:ref:refs/heads/trunk');
    t.is(subject('preview'), 'repo:octo-org@12/rules@345:pull_request');
    t.is(subject('rollback'), 'repo:octo-org@12/rules@345:environment:rollback');
    t.deepEqual(trustOf(recorded, 'rollback').Condition.StringLike, {
      'token.actions.githubusercontent.com:job_workflow_ref': [
        'octo-org/rules/.github/workflows/rollback.yml@refs/heads/trunk',
      ],
    });
  },
);

test.serial(
  'the role for previews may be restricted to the jobs of one environment, and then no pull request can assume it',
  async (t) => {
    const recorded = await withGithub({ previewEnvironment: 'previews' });
    const subject = (name: string) =>
      trustOf(recorded, name).Condition.StringEquals['token.actions.githubusercontent.com:sub'];
    t.is(subject('preview'), `repo:${repository}:environment:previews`);
    t.is(subject('publish'), `repo:${repository}:ref:refs/heads/main`);
    for (const wrong of ['*', 'a:b', 'pre views', '']) {
      await t.throwsAsync(withGithub({ previewEnvironment: wrong }), { message: /github\.previewEnvironment/ }, wrong);
    }
  },
);

test.serial('a partial or open subject is refused', async (t) => {
  for (const wrong of ['octo-org', 'octo-org/*', 'octo-org@12/rules', 'octo-org/rules@345', 'a/b:ref']) {
    await t.throwsAsync(withGithub({ repository: wrong }), { message: /github\.repository/ }, wrong);
  }
  await t.throwsAsync(withGithub({ mainBranch: 'release/*' }), { message: /github\.mainBranch/ });
});

test.serial('the existing provider of the account is used, and no second one created', async (t) => {
  const oidcProviderArn = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const recorded = await withGithub({ oidcProviderArn });
  t.deepEqual(recorded.ofType('OpenIdConnectProvider'), []);
  t.is(trustOf(recorded, 'publish').Principal.Federated, oidcProviderArn);
});

test.serial('a pull request changes nothing, and reads files only through a preview', async (t) => {
  const recorded = await withGithub({});
  const statements = grantsOf(recorded, 'preview');
  const actions = new Set(statements.flatMap(({ Action }) => Action));
  t.deepEqual([...actions].sort(), [
    ...['dynamodb:BatchGetItem', 'dynamodb:Query', 'kms:Decrypt', 'lambda:InvokeFunction'],
    ...['s3:GetObject', 's3:ListBucket', 's3:ListBucketVersions'],
  ]);
  const readable = statements
    .filter(({ Action }) => Action.includes('s3:GetObject'))
    .flatMap(({ Resource }) => Resource);
  t.deepEqual(readable, [
    'arn:aws:s3:::rearview-prod-artifacts-111122223333-eu-central-1/rulesets/*',
    'arn:aws:s3:::rearview-prod-artifacts-111122223333-eu-central-1/index/*',
    'arn:aws:s3:::rearview-prod-inventories-111122223333-eu-central-1/*',
  ]);
  const invoked = statements.filter(({ Action }) => Action.includes('lambda:InvokeFunction'));
  t.deepEqual(
    invoked.flatMap(({ Resource }) => Resource),
    ['arn:aws:lambda:eu-central-1:111122223333:function:rearview-prod-batcher:preview'],
  );
});

test.serial('the main branch writes only below rulesets', async (t) => {
  const statements = grantsOf(await withGithub(), 'publish');
  const written = statements
    .filter(({ Action }) => Action.includes('s3:PutObject'))
    .flatMap(({ Resource }) => Resource);
  t.deepEqual(written, ['arn:aws:s3:::rearview-prod-artifacts-111122223333-eu-central-1/rulesets/*']);
  t.false(statements.some(({ Action }) => Action.some((each) => each.startsWith('s3:Delete'))));
});

test.serial('a rollback stores no ruleset, and reads no match and no file', async (t) => {
  const statements = grantsOf(await withGithub(), 'rollback');
  const actions = [...new Set(statements.flatMap(({ Action }) => Action))].sort();
  t.deepEqual(actions, [
    ...['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    ...['kms:Decrypt', 'lambda:InvokeFunction', 's3:GetObject', 's3:ListBucket', 's3:ListBucketVersions'],
  ]);
  t.false(statements.some(({ Resource }) => Resource.some((each) => /matches|corpus.*\/|inventories/.test(each))));
});

test.serial('no statement has a lone star as action or resource, and keys are used by services', async (t) => {
  const recorded = await withGithub();
  for (const { Sid, Action, Resource, Condition } of [
    ...grantsOf(recorded, 'preview'),
    ...grantsOf(recorded, 'publish'),
    ...grantsOf(recorded, 'rollback'),
  ]) {
    t.false(
      Action.some((each) => each.includes('*')),
      Sid,
    );
    t.false(Resource.includes('*'), Sid);
    if (Action.some((each) => each.startsWith('kms:') && each !== 'kms:Sign')) {
      t.truthy(Condition?.['StringEquals']?.['kms:ViaService'], Sid);
    }
  }
});

test.serial(
  'existing buckets are listed for plans, partial ones in their part; without inventories, none of their files is read',
  async (t) => {
    const recorded = await recordAccess({
      ...{ github: { repository }, corpus: { inventory: 'off' } },
      existingBuckets: [{ name: 'mail-archive', prefix: 'in/' }],
    });
    const statements = grantsOf(recorded, 'preview');
    const listed = statements.filter(({ Action }) => Action.includes('s3:ListBucketVersions'));
    t.deepEqual(
      listed.map(({ Resource, Condition }) => ({ Resource, Condition })),
      [
        { Resource: ['arn:aws:s3:::rearview-prod-corpus-111122223333-eu-central-1'], Condition: undefined },
        { Resource: ['arn:aws:s3:::mail-archive'], Condition: { StringLike: { 's3:prefix': 'in/*' } } },
      ],
    );
    t.false(statements.some(({ Resource }) => Resource.some((each) => each.includes('inventories'))));
  },
);

test.serial('pull requests that may preview only a part of the corpus do not read its index', async (t) => {
  const recorded = await recordAccess({ github: { repository }, previews: { allowed: [{ prefix: 'samples/' }] } });
  const readsIndex = (name: string) =>
    grantsOf(recorded, name).some(({ Resource }) => Resource.some((each) => each.includes('/index/')));
  t.false(readsIndex('preview'));
  t.true(readsIndex('publish'));
});
