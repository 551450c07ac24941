import { type Profiler, Session } from 'node:inspector';

/** The code that ran since the last coverage check. */
export interface Covered {
  /**
   * Total executions of blocks of code. The same input gives the same number, whatever else the
   * machine does.
   */
  readonly work: number;
  /** Names of the blocks that ran and are not known yet. */
  readonly unknown: readonly string[];
}

/** Counts the blocks of code that run in this thread. */
export interface Coverage {
  take(): Covered;
  /** Marks blocks as known. */
  know(blocks: readonly string[]): void;
  /** Number of known blocks. */
  size(): number;
  stop(): void;
}

/**
 * The coverage counted by V8 (https://v8.dev/blog/javascript-code-coverage), of all files except
 * those of the fuzzer.
 */
export function startCoverage(isOfFuzzer: (url: string) => boolean): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const known = new Set<string>();
  return {
    take() {
      const unknown: string[] = [];
      let work = 0;
      for (const { url, scriptId, functions } of takeCounts(session)) {
        if (!url.startsWith('file:') || isOfFuzzer(url)) continue;
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            if (count === 0) continue;
            work += count;
            const block = `${scriptId} ${startOffset} ${endOffset}`;
            if (!known.has(block)) unknown.push(block);
          }
        }
      }
      return { work, unknown };
    },
    know(blocks) {
      for (const block of blocks) known.add(block);
    },
    size: () => known.size,
    stop() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

function takeCounts(session: Session): readonly Profiler.ScriptCoverage[] {
  let result: readonly Profiler.ScriptCoverage[] = [];
  // Within one thread, the result arrives before `post` returns.
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error !== null) throw error;
    result = answer.result;
  });
  return result;
}
