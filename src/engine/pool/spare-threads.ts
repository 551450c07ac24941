import { availableParallelism } from 'node:os';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { defaultMaxMemoryBytes } from '../yara.ts';
import { spawnScanWorker, startWorkerThread, type WorkerThread } from './worker-thread.ts';

/**
 * Threads that several jobs use one after the other: to start one takes longer than to compile and
 * test a few rules. They have the same memory limit, and do not keep the process running while
 * they are idle.
 */
export interface SpareThreads {
  /** Returns an idle thread, or starts one. */
  take(): WorkerThread;
  /**
   * Keeps a thread that has nothing to do and no rules for the next job. Ends it instead if it died
   * or printed, or if there are enough.
   */
  giveBack(thread: WorkerThread): Promise<void>;
  /** Ends the idle threads. */
  close(): Promise<void>;
}

/** UTF-16 code units of rules. Compiling them takes about as long as starting a thread. */
export const lengthPerThread = 256 * 1024;

/** Whether a thread that compiled these rules is worth keeping: its memory does not shrink. */
export function areSmall(compiled: readonly RuleSource[]): boolean {
  return compiled.reduce((sum, { source }) => sum + source.length, 0) < lengthPerThread;
}

/**
 * @param start for tests: replaces the real worker. Default: a thread of its own
 * @param mostIdle threads to keep. Default: one for each core
 */
export function createSpareThreads(
  start: () => WorkerThread = () => startWorkerThread(spawnScanWorker),
  mostIdle = availableParallelism(),
): SpareThreads {
  let idle: WorkerThread[] = [];
  return {
    take() {
      const thread = idle.find(({ alive }) => alive);
      idle = idle.filter((each) => each !== thread && each.alive);
      thread?.wake();
      return thread ?? start();
    },
    async giveBack(thread) {
      idle = idle.filter(({ alive }) => alive);
      if (idle.length < mostIdle && thread.rest()) idle.push(thread);
      else await thread.kill();
    },
    async close() {
      const ended = idle;
      idle = [];
      await Promise.all(ended.map((thread) => thread.kill()));
    },
  };
}

/**
 * Ends a thread on the signal: its pending request is rejected. Returns how to stop watching it.
 */
export function endOnAbort(thread: WorkerThread, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined;
  const end = () => void thread.kill(new Error('The compilation was aborted.', { cause: signal.reason }));
  signal.addEventListener('abort', end);
  return () => signal.removeEventListener('abort', end);
}

/** Those of this process that compile. They never had a file. */
export const compileThreads: SpareThreads = createSpareThreads();

const scanning = new Map<number, SpareThreads>();

/**
 * Those of this process that scan. They never compile what is published.
 * @param maxMemoryBytes see `ScanPoolOptions`
 */
export function scanThreads(maxMemoryBytes = defaultMaxMemoryBytes): SpareThreads {
  const isDefault = maxMemoryBytes === defaultMaxMemoryBytes;
  const start = () => (isDefault ? compileThreads.take() : startWorkerThread(() => spawnScanWorker(maxMemoryBytes)));
  const threads = scanning.get(maxMemoryBytes) ?? createSpareThreads(start);
  scanning.set(maxMemoryBytes, threads);
  return threads;
}
