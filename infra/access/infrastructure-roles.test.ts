import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { readRoleTrust } from '../../src/testing/workflows/role-trust.ts';
import { projectFolder } from '../code/folders.ts';

const page = readFileSync(join(projectFolder, 'docs/how-to/github-workflows.md'), 'utf8');
const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`json ${kind}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
const texts = z.union([z.string(), z.array(z.string())]).transform((each) => [each].flat());
const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(z.strictObject({ Sid: z.string(), Effect: z.literal('Allow'), Action: texts, Resource: texts })),
});

test('the role that any pull request may assume reads the state of Pulumi with its key, and nothing else', (t) => {
  const [policy = '', ...others] = blocks('policy');
  t.deepEqual(others, []);
  const { Statement } = policySchema.parse(JSON.parse(policy));
  t.deepEqual(
    Statement.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((each) => `${action} ${each}`)),
    ),
    [
      's3:ListBucket arn:aws:s3:::my-state',
      's3:GetObject arn:aws:s3:::my-state/.pulumi/meta.yaml',
      's3:GetObject arn:aws:s3:::my-state/.pulumi/stacks/rearview/prod.*',
      'kms:Decrypt arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ],
  );
  t.regex(readFileSync(join(projectFolder, 'Pulumi.yaml'), 'utf8'), /^name: rearview$/m, 'the state is named by it');
});

test('no page recommends a managed policy with more permissions than intended', (t) => {
  const broad =
    /\b(ReadOnlyAccess|ViewOnlyAccess|SecurityAudit|AdministratorAccess|PowerUserAccess|Amazon\w+(FullAccess|ReadOnlyAccess)|AWS\w+FullAccess|job-function\/)/;
  const files = globSync(['*.md', 'docs/**/*.md', '.github/**/*'], { cwd: projectFolder }).filter((each) =>
    /\.(md|yml)$/.test(each),
  );
  t.true(files.length > 20);
  for (const file of files) {
    if (file === 'CHANGELOG.md' || file === 'docs/explanation/threat-model.md') continue;
    t.notRegex(readFileSync(join(projectFolder, file), 'utf8'), broad, file);
  }
});

test('the roles for the infrastructure trust only their workflow, and the one that deploys only behind its environment', (t) => {
  const [preview, deploy, ...others] = blocks('trust').map(readRoleTrust);
  t.deepEqual(others, []);
  const claims = (sub: string, file: string, ref: string) => ({
    ...{ aud: 'sts.amazonaws.com', sub: `repo:example/rules:${sub}` },
    job_workflow_ref: `example/rules/.github/workflows/${file}@${ref}`,
  });
  const pull = claims('pull_request', 'infrastructure.yml', 'refs/pull/7/merge');
  const up = claims('environment:production', 'infrastructure.yml', 'refs/heads/main');
  t.deepEqual([preview?.(pull), deploy?.(up)], [true, true]);
  const strange = [
    claims('pull_request', 'rules.yml', 'refs/pull/7/merge'),
    claims('pull_request', 'infrastructure.yml', 'refs/heads/topic'),
    claims('environment:production', 'publish.yml', 'refs/heads/main'),
    claims('environment:production', 'infrastructure.yml', 'refs/heads/topic'),
    claims('ref:refs/heads/main', 'infrastructure.yml', 'refs/heads/main'),
    { ...up, sub: 'repo:mallory/rules:environment:production' },
    { ...up, aud: 'https://github.com/example' },
  ];
  for (const each of strange) t.deepEqual([preview?.(each), deploy?.(each)], [false, false], JSON.stringify(each));
  t.deepEqual([preview?.(up), deploy?.(pull)], [false, false]);
});
