import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { previewProgram } from './preview-program.ts';

const config = 'config:\n  aws:region: eu-west-1\n  rearview:alarms:\n    noFilesHours: 3\n';

/**
 * A project, and a `pulumi` on the PATH that records the arguments of each call, and does the
 * essential part of `stack init`.
 */
function prepare(t: ExecutionContext, { exitCode = 0, pluginExitCode = 0, stackFile = config } = {}) {
  const folder = tempFolder(t);
  const [project, bin, journal] = [join(folder, 'project'), join(folder, 'bin'), join(folder, 'journal')];
  for (const each of [project, bin, journal]) mkdirSync(each);
  writeFileSync(join(project, 'Pulumi.yaml'), 'name: rearview\nruntime: nodejs\n');
  writeFileSync(join(project, 'Pulumi.prod.yaml'), stackFile);
  const source = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const at = args.indexOf('--config-file');
const state = process.env.PULUMI_BACKEND_URL.slice('file://'.length);
const file = at < 0 ? null : fs.readFileSync(args[at + 1], 'utf8');
const call = { args, cwd: process.cwd(), env: process.env, file, isBackendThere: fs.existsSync(state) };
if (args[0] === 'stack') fs.writeFileSync('Pulumi.prod.yaml', 'encryptionsalt: v1:salt\\n');
fs.writeFileSync(${JSON.stringify(journal)} + '/' + args[0], JSON.stringify(call));
process.exit(args[0] === 'preview' ? ${exitCode} : args[0] === 'plugin' ? ${pluginExitCode} : 0);
`;
  writeFileSync(join(bin, 'pulumi'), source, { mode: 0o755 });
  const callSchema = z.object({
    args: z.array(z.string()),
    cwd: z.string(),
    env: z.record(z.string(), z.string()),
    file: z.string().nullable(),
    isBackendThere: z.boolean(),
  });
  const complaints: string[] = [];
  return {
    ...{ project, complaints },
    run: (env: Readonly<Record<string, string>> = {}, path = bin) =>
      previewProgram({ project, env: { PATH: path, ...env }, complain: (text) => complaints.push(text) }),
    call: (name: 'stack' | 'plugin' | 'preview') =>
      callSchema.parse(JSON.parse(readFileSync(join(journal, name), 'utf8'))),
  };
}

test('a missing Pulumi CLI is reported, and the exit code is neither that of success nor of a failure', async (t) => {
  const { run, complaints } = prepare(t);
  t.is(await run({}, tempFolder(t)), 77);
  t.is(complaints.length, 1);
  t.regex(complaints[0] ?? '', /no `pulumi` on the PATH, so nothing was previewed/);
});

test('a plugin that cannot be downloaded is reported like a missing CLI', async (t) => {
  const { run, call, complaints } = prepare(t, { pluginExitCode: 255 });
  t.is(await run(), 77);
  t.regex(complaints.join('\n'), /^Skipped: the AWS plugin of Pulumi cannot be downloaded/);
  t.deepEqual(call('plugin').args.slice(0, 4), ['plugin', 'install', 'resource', 'aws']);
  t.regex(call('plugin').args[4] ?? '', /^7\.\d+\.\d+$/);
  t.throws(() => call('preview'), undefined, 'nothing was previewed');
});

test("a stack of that name is created in a temporary backend, and previewed with the operator's configuration", async (t) => {
  const { run, call, project, complaints } = prepare(t);
  t.is(await run(), 0);
  const [made, previewed] = [call('stack'), call('preview')];
  t.deepEqual(made.args, ['stack', 'init', '--no-select', '--stack', 'prod', '--non-interactive']);
  t.not(made.cwd, project);
  t.like(previewed, { cwd: project, isBackendThere: true });
  const [, , file = ''] = previewed.args;
  t.deepEqual(previewed.args, ['preview', '--config-file', file, '--stack', 'prod', '--non-interactive']);
  t.is(made.env['PULUMI_BACKEND_URL'], previewed.env['PULUMI_BACKEND_URL']);
  t.like(previewed.env, { PULUMI_CONFIG_PASSPHRASE: '', PULUMI_SKIP_UPDATE_CHECK: 'true' });
  const parsed = parse(previewed.file ?? '');
  t.is(parsed.encryptionsalt, 'v1:salt');
  const [{ sts }] = parsed.config['aws:endpoints'];
  t.regex(sts, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.deepEqual(parsed.config, {
    'aws:region': 'eu-west-1',
    'rearview:alarms': { noFilesHours: 3 },
    'aws:skipCredentialsValidation': true,
    'aws:skipMetadataApiCheck': true,
    'aws:skipRequestingAccountId': true,
    'aws:endpoints': [{ sts }],
  });
  t.deepEqual(complaints, []);
});

test('nothing is left behind, especially in the project', async (t) => {
  const { run, call, project } = prepare(t);
  await run();
  t.deepEqual(readdirSync(project).toSorted(), ['Pulumi.prod.yaml', 'Pulumi.yaml']);
  t.is(readFileSync(join(project, 'Pulumi.prod.yaml'), 'utf8'), config);
  t.false(existsSync(call('stack').cwd));
});

test('the exit code is that of the preview', async (t) => {
  t.is(await prepare(t, { exitCode: 6 }).run(), 6);
});

test('neither credentials nor the backend of the operator reach Pulumi', async (t) => {
  const { run, call } = prepare(t);
  await run({
    ...{ AWS_PROFILE: 'mine', AWS_SESSION_TOKEN: 'mine', AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'mine' },
    ...{ PULUMI_ACCESS_TOKEN: 'mine', PULUMI_BACKEND_URL: 'mine', PULUMI_CONFIG_PASSPHRASE_FILE: 'mine', KEPT: 'kept' },
  });
  for (const { env } of [call('stack'), call('preview')]) {
    t.is(env['KEPT'], 'kept');
    t.deepEqual(
      Object.keys(env).filter((name) => env[name] === 'mine'),
      [],
    );
    t.like(env, { AWS_ACCESS_KEY_ID: 'preview', AWS_EC2_METADATA_DISABLED: 'true' });
  }
});

test('the error for an encrypted value names it', async (t) => {
  const stackFile =
    'secretsprovider: awskms://x\nconfig:\n  rearview:tags:\n    a:\n      secure: v1:abc\n  aws:region: x\n';
  const { run } = prepare(t, { stackFile });
  const error = await t.throwsAsync(run());
  t.regex(error?.message ?? '', /^Cannot read rearview:tags: encrypted in Pulumi\.prod\.yaml/);
});
