import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import providerPackage from '@pulumi/aws/package.json' with { type: 'json' };
import * as z from 'zod';
import { startPretendSts } from './pretend-sts.ts';
import { previewConfig } from './preview-config.ts';

/** Nothing was previewed: the code with which test harnesses distinguish skipped from passed. */
const skippedExitCode = 77;

/** The stack with the configuration; its name is part of all names, so the preview uses it too. */
const stack = 'prod';

/** Removes everything that leads to the operator's account, which is not needed. */
const ownVariables = /^(AWS_|PULUMI_ACCESS_TOKEN$|PULUMI_BACKEND_URL$|PULUMI_CONFIG|PULUMI_STACK$)/;

export interface PreviewOptions {
  /** With Pulumi.yaml and Pulumi.prod.yaml. Nothing is written there. */
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives lines about problems. Pulumi prints to the streams of this process. */
  readonly complain: (text: string) => void;
}

/**
 * Runs `pulumi preview` of a stack that does not exist yet, in a temporary backend:
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/
 * @returns the exit code of Pulumi, or 77 if the CLI is not on the PATH, or has no AWS plugin
 */
export async function previewProgram({ project, env, complain }: PreviewOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'rearview-preview-'));
  const sts = await startPretendSts();
  try {
    await mkdir(join(folder, 'state'));
    // Here, since `stack init` writes the stack's file next to that of the project.
    await copyFile(join(project, 'Pulumi.yaml'), join(folder, 'Pulumi.yaml'));
    const run = (cwd: string, args: readonly string[]) =>
      runPulumi([...args, '--stack', stack, '--non-interactive'], { cwd, env: previewEnvironment(env, folder) });
    const created = await run(folder, ['stack', 'init', '--no-select']);
    if (created === null) {
      complain(
        'Skipped: there is no `pulumi` on the PATH, so nothing was previewed. Install it: https://www.pulumi.com/docs/iac/download-install/',
      );
      return skippedExitCode;
    }
    if (created !== 0) return created;
    if ((await installProvider(folder, env)) !== 0) {
      complain('Skipped: the AWS plugin of Pulumi cannot be downloaded, so nothing was previewed.');
      return skippedExitCode;
    }
    const configFile = join(folder, `Pulumi.${stack}.yaml`);
    const given = await readFile(join(project, `Pulumi.${stack}.yaml`), 'utf8');
    await writeFile(configFile, previewConfig(given, await readFile(configFile, 'utf8'), sts.endpoint));
    return (await run(project, ['preview', '--config-file', configFile])) ?? skippedExitCode;
  } finally {
    await sts.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function previewEnvironment(env: PreviewOptions['env'], folder: string): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || ownVariables.test(name) ? [] : [[name, value]],
  );
  return {
    ...Object.fromEntries(kept),
    PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: '',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    AWS_ACCESS_KEY_ID: 'preview',
    AWS_SECRET_ACCESS_KEY: 'preview',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Downloads the plugin that the program needs, unless it is there. */
function installProvider(folder: string, env: PreviewOptions['env']): Promise<number | null> {
  const { version } = z.object({ version: z.string() }).parse(providerPackage);
  return runPulumi(['plugin', 'install', 'resource', 'aws', version], {
    ...{ cwd: folder, env: previewEnvironment(env, folder) },
  });
}

/** Its exit code; null if there is no such program. */
function runPulumi(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, { ...options, stdio: 'inherit' });
    child.once('error', (error) => {
      if ('code' in error && error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}
