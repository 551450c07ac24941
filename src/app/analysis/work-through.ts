import pMap from 'p-map';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { ScanPool } from '../../engine/types.ts';
import type { Analyzer } from './analyzer.ts';
import { createByteBudget } from './byte-budget.ts';

/** The time limit for analyzing objects. */
export interface TimeLimit {
  /** Whether another object may be begun. */
  isTimeLeft(): boolean;
  /** Aborted when what is under way has to be left as it is. */
  readonly giveUp: AbortSignal;
}

/** An object to be analyzed. */
export interface AnalyzerTask {
  readonly object: ObjectInfo;
  /** There is no further try: temporary errors are recorded as failures. */
  readonly lastAttempt: boolean;
  /** Whether the index is known to lack it. Default: only if the object was never scanned. */
  readonly unindexed?: boolean;
}

export interface Unfinished {
  /** Objects that could not be analyzed. */
  readonly failed: readonly { readonly task: AnalyzerTask; readonly error: unknown }[];
  /** Objects that were not begun because time ran out. */
  readonly left: readonly AnalyzerTask[];
}

/**
 * Processes objects, each independent of the others. While some are scanned, the next are read.
 *
 * @param options.time when it is over no object is begun, and those are `left`; what is under way
 *   when it is to be given up has `failed`, and what comes of it is dropped. Default: without end
 * @param options.work processes one, with the pool that it is given
 * @param options.onDone takes its result
 */
export async function workThrough<T>(
  analyzer: Analyzer,
  options: {
    readonly tasks: readonly AnalyzerTask[];
    readonly time?: TimeLimit;
    readonly work: (timed: Analyzer, task: AnalyzerTask, index: number) => Promise<T>;
    readonly onDone: (result: T, task: AnalyzerTask) => void;
  },
): Promise<Unfinished> {
  const { tasks, time, work, onDone } = options;
  const failed: { task: AnalyzerTask; error: unknown }[] = [];
  const left: AnalyzerTask[] = [];
  const gaveUp = time === undefined ? [] : [whenGivenUp(time.giveUp)];
  const timed = time === undefined ? analyzer : { ...analyzer, pool: timedPool(analyzer.pool, time) };
  const workOn = async (task: AnalyzerTask, index: number) => {
    try {
      if (time?.isTimeLeft() === false) throw new OutOfTime();
      onDone(await Promise.race([work(timed, task, index), ...gaveUp]), task);
    } catch (error) {
      if (error instanceof OutOfTime) left.push(task);
      else failed.push({ task, error });
    }
  };
  await pMap(tasks, workOn, { concurrency: analyzer.pool.workers + analyzer.readAhead });
  return { failed, left };
}

/** The error that there is no time to begin an object. */
class OutOfTime extends Error {}

/**
 * A pool that checks the remaining time when a worker is free, since many objects that are read
 * ahead wait for it.
 */
function timedPool(pool: ScanPool, { isTimeLeft }: TimeLimit): ScanPool {
  const turns = createByteBudget(pool.workers);
  return {
    ...pool,
    async scan(request) {
      const release = await turns.reserve(1);
      try {
        if (!isTimeLeft()) throw new OutOfTime();
        return await pool.scan(request);
      } finally {
        release();
      }
    },
  };
}

/** Rejects when the signal comes, so that an object that hangs does not affect the others. */
function whenGivenUp(signal: AbortSignal): Promise<never> {
  const given = new Promise<never>((_, reject) => {
    const giveUp = () =>
      reject(
        new RearviewError('ERR_UNAVAILABLE', 'The time ran out while the object was read or scanned.', {
          retryable: true,
        }),
      );
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  given.catch(() => undefined);
  return given;
}
