import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ScriptRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script like a runner on Linux:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 */
export function runScriptStep(
  script: string,
  options: { readonly shell: string | undefined; readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ScriptRun> {
  const { shell, cwd, env } = options;
  if (shell !== undefined && shell !== 'bash') throw new Error(`There is no shell ${shell} here`);
  const file = join(env['RUNNER_TEMP'] ?? cwd, `${randomUUID()}.sh`);
  writeFileSync(file, script);
  const flags = shell === undefined ? ['-e'] : ['--noprofile', '--norc', '-e', '-o', 'pipefail'];
  return new Promise((resolve, reject) => {
    const child = spawn('bash', [...flags, file], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
