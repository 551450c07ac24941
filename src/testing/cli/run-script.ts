import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunScriptOptions {
  /** Most blocks that a file may grow to (`ulimit -f`). */
  readonly maxFileBlocks?: number;
  /** Kills the process (SIGKILL) when it has written this many characters. */
  readonly killAfterOutput?: number;
  /** User to run as. */
  readonly uid?: number;
}

/**
 * Runs a module in a process of its own; `process.argv[1]` and on are `args`. Fails where it ends
 * by itself with an error.
 */
export async function runScript(
  source: string,
  args: readonly string[],
  { maxFileBlocks, killAfterOutput, uid }: RunScriptOptions = {},
): Promise<{ readonly stdout: string }> {
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source, ...args];
  // The shell sets the limit for itself and becomes node.
  const limit = maxFileBlocks === undefined ? '' : `ulimit -f ${maxFileBlocks}; `;
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (killAfterOutput !== undefined && stdout.length >= killAfterOutput) child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (killAfterOutput === undefined && code !== 0) throw new Error(`the script failed: ${stderr}`);
  if (killAfterOutput !== undefined && stderr !== '') throw new Error(stderr);
  return { stdout };
}
