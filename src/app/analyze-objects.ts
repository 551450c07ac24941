import pMap from 'p-map';
import type { ObjectInfo } from '../domain/object.ts';
import type { LedgerEntry } from '../domain/outcome.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import type { Scan } from '../domain/scan.ts';
import type { ObjectRecord } from '../ports/record-store.ts';
import { analyzeObject, type Settled } from './analyze-object.ts';
import type { Analyzer } from './analyzer.ts';
import { createRecordWriter } from './record-writer.ts';

/** Records that are written together. */
const recordsPerWrite = 100;
const longestWaitMs = 1000;

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
 * @param options.isTimeLeft false ends it: what is under way is finished, the rest is `left`. Default: always true
 * @throws what the record store threw: then the objects are to be analyzed again
 */
export async function analyzeObjects(
  analyzer: Analyzer,
  options: {
    readonly tasks: readonly AnalyzerTask[];
    readonly ruleset: Ruleset;
    readonly scan: Pick<Scan, 'id' | 'kind' | 'full' | 'rulesetId'>;
    readonly isTimeLeft?: () => boolean;
  },
): Promise<Analyzed> {
  const { tasks, ruleset, scan, isTimeLeft = () => true } = options;
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
  const analyze = async (task: AnalyzerTask, index: number) => {
    if (!isTimeLeft()) {
      left.push(task);
      return;
    }
    try {
      const { record, ...settled } = await analyzeObject(analyzer, { ...task, ruleset, scan }, records[index] ?? null);
      done.push({ task, entry: settled.entry });
      if (record === null) tell({ record, ...settled });
      else writer.add({ record, ...settled });
    } catch (error) {
      failed.push({ task, error });
    }
  };
  await pMap(tasks, analyze, { concurrency: analyzer.pool.workers + analyzer.readAhead });
  await writer.flush();
  return { done, failed, left };
}
