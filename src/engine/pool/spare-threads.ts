import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type SpawnWorker, spawnScanWorker, startWorkerThread, type WorkerThread } from './worker-thread.ts';

/**
 * Threads that several jobs use one after the other: to start one takes longer than to compile and
 * test a few rules. They have the default memory limit.
 */
export interface SpareThreads {
  /** Returns an idle thread, or starts one. */
  take(): WorkerThread;
  /**
   * Keeps a thread for the next job. It is ended instead if it died, or if the rules that it
   * compiled are large: its memory does not shrink.
   */
  giveBack(thread: WorkerThread, compiled: readonly RuleSource[]): Promise<void>;
  /** Ends the idle threads. */
  close(): Promise<void>;
}

/** UTF-16 code units of rules. Compiling them takes about as long as starting a thread. */
export const lengthPerThread = 256 * 1024;

/** @param spawn for tests: replaces the real worker */
export function createSpareThreads(spawn: SpawnWorker = spawnScanWorker): SpareThreads {
  let idle: WorkerThread[] = [];
  return {
    take() {
      const thread = idle.find(({ alive }) => alive);
      idle = idle.filter((each) => each !== thread);
      return thread ?? startWorkerThread(spawn);
    },
    async giveBack(thread, compiled) {
      const length = compiled.reduce((sum, { source }) => sum + source.length, 0);
      if (thread.alive && length < lengthPerThread) idle.push(thread);
      else await thread.kill();
    },
    async close() {
      const ended = idle;
      idle = [];
      await Promise.all(ended.map((thread) => thread.kill()));
    },
  };
}
