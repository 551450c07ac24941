import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { environmentVariables } from '../lambda/environment-variables.ts';
import { functionArn } from '../lambda/function-options.ts';
import { exited, type FunctionError, type InvocationResult, timedOut } from '../lambda/invocation.ts';
import { startRuntimeApi } from './runtime-api.ts';

const runtime = fileURLToPath(new URL('./runtime.ts', import.meta.url));

export interface FunctionSetup {
  /** Of the unpacked code: what is `/var/task` in AWS. */
  readonly taskRoot: string;
  readonly name: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  /** Settings, and the endpoints of emulators. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: 1769, one vCPU in AWS. Here it sets the limits of the heap alone. */
  readonly memoryMb?: number;
  /** Default: 60,000. The clock starts when the event is handed over. */
  readonly timeoutMs?: number;
}

/** A function in a process of its own, on the Runtime API. */
export interface RunningFunction {
  /** Null, or why it could not be loaded. */
  readonly initError: FunctionError | null;
  /** Milliseconds from the start of the process until it asked for its first event. */
  readonly initMs: number;
  /** Never rejects. */
  invoke(event: unknown): Promise<InvocationResult>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Most bytes of memory that it had resident; null where the system does not tell. */
  maxResidentBytes(): number | null;
  stop(): Promise<void>;
}

/**
 * Starts a function from a folder of deployed code, with this Node and nothing in its environment but what Lambda sets and what is given.
 * Resolves when it has been loaded, or has failed to.
 */
export async function startFunction(setup: FunctionSetup): Promise<RunningFunction> {
  const { taskRoot, name, handler, memoryMb = 1769, timeoutMs = 60_000 } = setup;
  const api = await startRuntimeApi({ functionArn: functionArn(name), timeoutMs });
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...heapFlags(memoryMb), runtime], {
    cwd: taskRoot,
    env: lambdaEnvironment(setup, memoryMb, { AWS_LAMBDA_RUNTIME_API: api.address, _HANDLER: handler }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const gone = new Promise<'gone'>((resolve) => child.once('close', () => resolve('gone')));
  const ended = (requestId: string) => exited(requestId, child.exitCode, child.signalCode);
  const first = await Promise.race([api.initialized, gone]);
  const initMs = performance.now() - startedAt;
  return {
    initError: first === 'gone' ? ended('init').error : first,
    initMs,
    async invoke(event) {
      const requestId = crypto.randomUUID();
      if (child.exitCode !== null || child.signalCode !== null) return ended(requestId);
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      const result = await Promise.race([api.invoke(JSON.stringify(event), requestId), gone]);
      clearTimeout(timer);
      if (result !== 'gone') return result;
      return isLate ? timedOut(requestId, timeoutMs) : ended(requestId);
    },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    maxResidentBytes: () => (child.pid === undefined ? null : residentPeak(child.pid)),
    async stop() {
      child.kill('SIGKILL');
      await gone;
      await api.close();
    },
  };
}

/** As the runtime of AWS sets them, by the memory of the function. */
function heapFlags(memoryMb: number): readonly string[] {
  const newSpace = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(newSpace / 2)}`, `--max-old-space-size=${memoryMb - newSpace}`];
}

function lambdaEnvironment(
  { taskRoot, name, env }: FunctionSetup,
  memoryMb: number,
  runtimeVariables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { REARVIEW_FUNCTION_ARN: _ofTheOtherRuntime, ...variables } = environmentVariables({
    ...{ functionName: name, module: pathToFileURL(`${taskRoot}/index.mjs`), exportName: 'handler', memoryMb },
    // Discard: a function that invokes another is told where by its own settings.
    endpoint: 'http://127.0.0.1:9',
    env: { ...env, ...runtimeVariables, NODE_PATH: `/opt/nodejs/node_modules:${taskRoot}` },
  });
  return variables;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentPeak(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
