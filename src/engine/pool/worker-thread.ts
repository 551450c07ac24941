import type { Worker } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.ts';
import { engineSha256 } from '../module/engine-module.ts';
import { compiledEngineModule, defaultMaxMemoryBytes } from '../yara.ts';
import type { CrashReason, WorkerAnswer, WorkerMessage, WorkerNews, WorkerRequest } from './scan-protocol.ts';
import { takeWorker } from './worker-ahead.ts';
import { watchWorkerOutput } from './worker-output.ts';

/**
 * Starts a thread that uses the scan protocol. Tests pass another one to simulate a worker that
 * dies.
 */
export type SpawnWorker = () => Worker;

/** The real thread. */
export function spawnScanWorker(maxMemoryBytes = defaultMaxMemoryBytes): Worker {
  // It starts while the module is compiled here.
  const worker = takeWorker();
  try {
    const module = compiledEngineModule();
    const setup: WorkerRequest = { type: 'setup', module, engineSha256: engineSha256(), maxMemoryBytes };
    worker.postMessage(setup);
    return worker;
  } catch (error) {
    void worker.terminate();
    throw error;
  }
}

/**
 * A worker thread as a function: one request at a time, with a response even if the thread dies.
 */
export interface WorkerThread {
  /** Never rejects because of the worker: its death is the response `crashed`. */
  ask(
    request: Exclude<WorkerRequest, { type: 'setup' | 'free' }>,
    onNews?: (news: WorkerNews) => void,
  ): Promise<WorkerAnswer>;
  /** Sends a request without a response. */
  send(request: WorkerRequest): void;
  readonly alive: boolean;
  /**
   * Lets the process end while the thread has nothing to do. Returns false if that is impossible,
   * because the thread died or printed.
   */
  rest(): boolean;
  /** Ends the rest: the process runs for as long as the thread does. */
  wake(): void;
  /**
   * Ends the thread wherever it is. A pending request is rejected with the reason; without a reason
   * it stays pending.
   */
  kill(reason?: Error): Promise<void>;
}

interface Question {
  answer(answer: WorkerAnswer): void;
  reject(reason: Error): void;
  readonly onNews: ((news: WorkerNews) => void) | undefined;
}

/** Starts a thread and listens to it. */
export function startWorkerThread(spawn: SpawnWorker): WorkerThread {
  const worker = spawn();
  let alive = true;
  let open: Question | undefined;

  const answer = (given: WorkerAnswer): void => {
    const asked = open;
    open = undefined;
    asked?.answer(given);
  };
  const died = (reason: CrashReason, detail: string): void => {
    alive = false;
    answer({ type: 'crashed', reason, detail });
  };

  // Only threads that were started with these streams own them.
  const output = watchWorkerOutput([worker.stdout, worker.stderr]);
  worker.on('message', (message: WorkerMessage) => {
    output.look();
    if (isNews(message)) open?.onNews?.(message);
    else answer(message);
  });
  worker.on('messageerror', (error) => died('engine_crash', `Cannot read the worker's response: ${messageOf(error)}.`));
  worker.on('error', (error) => {
    const outOfMemory = 'code' in Object(error) && Object(error).code === 'ERR_WORKER_OUT_OF_MEMORY';
    died(outOfMemory ? 'out_of_memory' : 'engine_crash', `The worker died: ${messageOf(error)}.`);
  });
  worker.on('exit', (code) => {
    output.look();
    died('engine_crash', `The worker exited with code ${code}.`);
  });

  return {
    ask: (request, onNews) =>
      new Promise((resolve, reject) => {
        open = { answer: resolve, reject, onNews };
        try {
          worker.postMessage(request, request.type === 'scan' ? [request.bytes.buffer] : []);
        } catch (error) {
          open = undefined;
          reject(error);
        }
      }),
    send: (request) => worker.postMessage(request),
    get alive() {
      return alive;
    },
    rest: () => {
      if (!alive || output.isUsed) return false;
      worker.unref();
      return true;
    },
    wake: () => worker.ref(),
    kill: async (reason) => {
      alive = false;
      if (reason !== undefined) open?.reject(reason);
      open = undefined;
      await worker.terminate();
    },
  };
}

const news: ReadonlySet<WorkerMessage['type']> = new Set<WorkerNews['type']>([
  ...(['hashed', 'opening', 'member', 'printed', 'dropped', 'checked_one'] as const),
]);

function isNews(message: WorkerMessage): message is WorkerNews {
  return news.has(message.type);
}
