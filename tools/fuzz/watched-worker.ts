import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Failure } from './failure.ts';
import { createRunRecord, readRun, type WorkerMessage, type WorkerTask } from './protocol.ts';

/** Limits of a single input. */
export interface InputLimits {
  /**
   * Milliseconds before an input counts as endless. Generous: it only distinguishes an endless loop
   * from a slow machine.
   */
  readonly deadlineMs: number;
  /** Additional bytes that the process may use. */
  readonly maxMemoryBytes: number;
  /** MiB of JavaScript objects. */
  readonly maxHeapMb: number;
  /**
   * Number of inputs that are tried to find a smaller one that ends the thread, each until the
   * deadline.
   */
  readonly maxDeadly: number;
}

/** The end of a task: a last message, or the death of the worker on an input. */
export type TaskEnd =
  | Exclude<WorkerMessage, { type: 'failure' }>
  | { readonly type: 'died'; readonly failure: Failure; readonly iteration: number; readonly input: Buffer };

/** A thread that performs tasks and is ended if an input takes too long or too much memory. */
export interface WatchedWorker {
  /** One at a time. */
  perform(task: WorkerTask, onMessage?: (message: WorkerMessage) => void): Promise<TaskEnd>;
  /** False after a task ended with the death of the worker. */
  isAlive(): boolean;
  stop(): Promise<void>;
}

const workerUrl = new URL(`./worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);
const lookEveryMs = 200;
/** Limit without a running input: modules are loaded, seeds made, inputs mutated. */
const maxIdleMs = 180_000;
const maxInputBytes = 4 * 1024 * 1024;

export function startWatchedWorker({ deadlineMs, maxMemoryBytes, maxHeapMb }: InputLimits): WatchedWorker {
  const record = createRunRecord(maxInputBytes);
  const worker = new Worker(workerUrl, {
    workerData: { record },
    // With a compile cache or coverage, a full heap would abort or block the process instead of ending the thread.
    env: plainEnvironment(process.env),
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  let isAlive = true;
  let end: ((end: TaskEnd) => void) | null = null;
  let onMessage: (message: WorkerMessage) => void = () => undefined;

  const die = (kind: Failure['kind'], message: string): void => {
    if (!isAlive) return;
    isAlive = false;
    const { iteration, input, isRunning } = readRun(record);
    void worker.terminate();
    if (isRunning) end?.({ type: 'died', failure: { kind, message, stack: '' }, iteration, input });
    else end?.({ type: 'broken', message: `${message}, and no input was running` });
  };
  worker.on('message', (message: WorkerMessage) => {
    onMessage(message);
    if (message.type !== 'failure') end?.(message);
  });
  worker.on('error', (error) => {
    const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (isMemory) die('memory', `More than ${maxHeapMb} MiB of objects`);
    else die('thrown', `Thrown outside of the call: ${error instanceof Error ? error.message : String(error)}`);
  });
  worker.on('exit', (code) => die('thrown', `The thread ended with code ${code}`));

  return {
    isAlive: () => isAlive,
    async perform(task, listener = () => undefined) {
      onMessage = listener;
      const [baseline, watch] = [process.memoryUsage.rss(), { beat: -1, since: performance.now() }];
      const timer = setInterval(() => {
        const { beat, isRunning } = readRun(record);
        if (beat !== watch.beat) Object.assign(watch, { beat, since: performance.now() });
        const allowedMs = isRunning ? deadlineMs : Math.max(deadlineMs, maxIdleMs);
        if (performance.now() - watch.since > allowedMs) die('hang', `No end within ${allowedMs / 1000} s`);
        else if (process.memoryUsage.rss() - baseline > maxMemoryBytes)
          die('memory', `More than ${Math.round(maxMemoryBytes / 2 ** 20)} MiB of memory`);
      }, lookEveryMs);
      try {
        return await new Promise<TaskEnd>((resolve) => {
          end = resolve;
          worker.postMessage(task);
        });
      } finally {
        clearInterval(timer);
        end = null;
      }
    },
    async stop() {
      isAlive = false;
      await worker.terminate();
    },
  };
}

function plainEnvironment({
  NODE_COMPILE_CACHE: _,
  NODE_V8_COVERAGE: __,
  ...env
}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}
