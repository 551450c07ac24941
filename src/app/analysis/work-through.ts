import pMap from 'p-map';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { ScanPool } from '../../engine/types.ts';
import type { Analyzer } from './analyzer.ts';
import { createByteBudget } from './byte-budget.ts';

/** How long there is to analyze objects, where that has an end. */
export interface TimeLimit {
  /** Whether another object may be begun. */
  isTimeLeft(): boolean;
  /** Aborted when what is under way has to be left as it is. */
  readonly giveUp: AbortSignal;
}

/** An object to be analyzed. */
export interface AnalyzerTask {
  readonly object: ObjectInfo;
  /** Nobody will try again: errors that might pass are recorded as failures. */
  readonly lastAttempt: boolean;
}

export interface Unfinished {
  /** Objects that could not be dealt with. */
  readonly failed: readonly { readonly task: AnalyzerTask; readonly error: unknown }[];
  /** Objects that were not begun because time ran out. */
  readonly left: readonly AnalyzerTask[];
}

/**
 * Deals with objects, each whatever becomes of the others; while some are scanned the next are read.
 *
 * @param options.time when it is over no object is begun, and those are `left`; what is under way when it is to be given up has `failed`, and what comes
 * of it is dropped. Default: without end
 * @param options.work deals with one, by the pool that it is given
 * @param options.onDone takes what came of it
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

/** There is no time to begin this. */
class OutOfTime extends Error {}

/** The pool, which many objects that are read ahead wait for: whether there is time is asked when a worker is free. */
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

/** Rejects, so that an object that hangs does not take its neighbours with it. */
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
