import pMap from 'p-map';
import { RearviewError } from '../domain/errors.ts';
import type { ObjectInfo } from '../domain/object.ts';
import type { LedgerEntry } from '../domain/outcome.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import type { RecordedScan } from '../domain/scan.ts';
import type { ScanPool } from '../engine/types.ts';
import type { ObjectRecord } from '../ports/record-store.ts';
import { analyzeObject, type Settled } from './analyze-object.ts';
import type { Analyzer } from './analyzer.ts';
import { createByteBudget } from './byte-budget.ts';
import { createRecordWriter } from './record-writer.ts';

/** Records that are written together. */
const recordsPerWrite = 100;
const longestWaitMs = 1000;

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

export interface Analyzed {
  /** Objects that have their outcome, durably. */
  readonly done: readonly { readonly task: AnalyzerTask; readonly entry: LedgerEntry }[];
  /** Objects whose errors may pass; nothing is recorded of them. */
  readonly failed: readonly { readonly task: AnalyzerTask; readonly error: unknown }[];
  /** Objects that were not begun because time ran out. */
  readonly left: readonly AnalyzerTask[];
}

/**
 * Brings objects to their outcomes, each whatever becomes of the others. Records are read and written many at a time; while some objects are scanned
 * the next are read.
 *
 * @param options.time when it is over no object is begun, and those are `left`; what is under way when it is to be given up has `failed`. Default:
 * without end
 * @param options.since what this scan has recorded since then (ISO 8601 in UTC) stands, failures too. Default: failures are tried again
 * @throws what the record store threw: then the objects are to be analyzed again
 */
export async function analyzeObjects(
  analyzer: Analyzer,
  options: {
    readonly tasks: readonly AnalyzerTask[];
    readonly ruleset: Ruleset;
    readonly scan: RecordedScan;
    readonly time?: TimeLimit;
    readonly since?: string;
  },
): Promise<Analyzed> {
  const { tasks, ruleset, scan, time, since } = options;
  const records = await analyzer.records.getMany(tasks.map(({ object }) => object));
  const tell = ({ entry, engineMs }: Settled) =>
    analyzer.observe({ type: 'object', scanId: scan.id, kind: scan.kind, entry, engineMs });
  const writer = createRecordWriter<Settled & { readonly record: ObjectRecord }>({
    records: analyzer.records,
    maxWaiting: recordsPerWrite,
    // On the last attempt the process may have died of one of them before: the others are not to be lost with it.
    maxWaitMs: tasks.some(({ lastAttempt }) => lastAttempt) ? 0 : longestWaitMs,
    onStored: tell,
  });

  const done: { task: AnalyzerTask; entry: LedgerEntry }[] = [];
  const failed: { task: AnalyzerTask; error: unknown }[] = [];
  const left: AnalyzerTask[] = [];
  const gaveUp = time === undefined ? [] : [whenGivenUp(time.giveUp)];
  const timed = time === undefined ? analyzer : { ...analyzer, pool: timedPool(analyzer.pool, time) };
  const analyze = async (task: AnalyzerTask, index: number) => {
    try {
      if (time?.isTimeLeft() === false) throw new OutOfTime();
      const analysis = analyzeObject(timed, { ...task, ruleset, scan, since }, records[index] ?? null);
      const { record, ...settled } = await Promise.race([analysis, ...gaveUp]);
      done.push({ task, entry: settled.entry });
      if (record === null) tell({ record, ...settled });
      else writer.add({ record, ...settled });
    } catch (error) {
      if (error instanceof OutOfTime) left.push(task);
      else failed.push({ task, error });
    }
  };
  await pMap(tasks, analyze, { concurrency: analyzer.pool.workers + analyzer.readAhead });
  await writer.flush();
  return { done, failed, left };
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
