import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type EnvironmentVariables, environmentVariables } from './environment-variables.ts';
import { readLines } from './line-reader.ts';

const runtime = fileURLToPath(new URL('./runtime.ts', import.meta.url));

type OutputStream = 'stdout' | 'stderr';

export interface RuntimeOptions extends EnvironmentVariables {
  /** Flags of Node. Default: none. */
  readonly flags?: readonly string[];
  readonly onLine: (line: string, stream: OutputStream) => void;
}

/** The process of a function. */
export interface RuntimeProcess {
  readonly child: ChildProcess;
  /** Resolves when all that an invocation printed has been read, or the process has ended. */
  printed(requestId: string): Promise<void>;
  /** Resolves when the process has ended and its output has been read. */
  readonly closed: Promise<void>;
}

/** Starts `runtime.ts` with this Node and nothing in its environment but what Lambda sets and what is given. */
export function spawnRuntime(options: RuntimeOptions, apiAddress: string): RuntimeProcess {
  const { flags = [], taskRoot, onLine } = options;
  const child = spawn(process.execPath, [...flags, runtime], {
    env: { ...environmentVariables(options), AWS_LAMBDA_RUNTIME_API: apiAddress },
    cwd: taskRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.on('error', (error) => onLine(`The process could not be started or told: ${error.message}`, 'stderr'));
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a process with pipes has none');
  const out = readLines(stdout, (line) => onLine(line, 'stdout'));
  const err = readLines(stderr, (line) => onLine(line, 'stderr'));
  return {
    child,
    async printed(requestId) {
      const mark = `END RequestId: ${requestId}`;
      await Promise.all([out.readUntil(mark), err.readUntil(mark)]);
    },
    closed: new Promise((resolve) => child.once('close', () => resolve())),
  };
}
