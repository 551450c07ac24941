import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FunctionError, InvocationResult } from '../lambda/invocation.ts';
import { startEnvironment } from './environment.ts';

export interface FunctionSetup {
  /** The folder of the unpacked code, which is `/var/task` in AWS. */
  readonly taskRoot: string;
  readonly name: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  /** Settings, and the endpoints of emulators. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: 1769, one vCPU in AWS. Here it sets only the limits of the heap. */
  readonly memoryMb?: number;
  /** Default: 60,000. The clock starts when the event is handed over. */
  readonly timeoutMs?: number;
}

/** A function as it is deployed, in one environment. */
export interface RunningFunction {
  /** Null, or why it could not be loaded. */
  readonly initError: FunctionError | null;
  /** Milliseconds from the start of the process until it requested its first event. */
  readonly initMs: number;
  /** Never rejects. */
  invoke(event: unknown): Promise<InvocationResult>;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  /** Maximum resident memory in bytes; null if the system does not report it. */
  maxResidentBytes(): number | null;
  stop(): Promise<void>;
}

/** Starts a function from a folder of deployed code. Resolves when it is loaded, or failed to load. */
export async function startFunction(setup: FunctionSetup): Promise<RunningFunction> {
  const { taskRoot, name, handler, env, memoryMb = 1769, timeoutMs = 60_000 } = setup;
  const output = { stdout: '', stderr: '' };
  const startedAt = performance.now();
  const environment = startEnvironment({
    ...{ functionName: name, taskRoot, handler, memoryMb, timeoutMs, flags: heapFlags(memoryMb) },
    env: {
      // Discard: a function that invokes another has the endpoint in its own settings.
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9',
      ...env,
      NODE_PATH: `/opt/nodejs/node_modules:${taskRoot}`,
    },
    onLine(line, stream) {
      output[stream] += `${line}\n`;
    },
  });
  const initError = await environment.loaded;
  const initMs = performance.now() - startedAt;
  return {
    ...{ initError, initMs },
    invoke: (event) => environment.run({ requestId: randomUUID(), payload: JSON.stringify(event) }),
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    maxResidentBytes: () => (environment.pid === undefined ? null : residentPeak(environment.pid)),
    stop: () => environment.kill(),
  };
}

/** The flags that the runtime of AWS sets, by the memory of the function. */
function heapFlags(memoryMb: number): readonly string[] {
  const newSpace = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(newSpace / 2)}`, `--max-old-space-size=${memoryMb - newSpace}`];
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
