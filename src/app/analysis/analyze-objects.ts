import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import type { RecordedScan } from '../../domain/scans/scan.ts';
import type { ObjectRecord } from '../../ports/record-store.ts';
import { analyzeObject, type ObjectOutcome } from './analyze-object.ts';
import { analyzePlaced } from './analyze-placed.ts';
import type { Analyzer } from './analyzer.ts';
import { createRecordWriter } from './record-writer.ts';
import { type AnalyzerTask, type TimeLimit, type Unfinished, workThrough } from './work-through.ts';

/** Records that are written together. */
const recordsPerWrite = 100;
const longestWaitMs = 1000;

/**
 * The outcomes of objects. The errors of those that `failed` may be temporary, and nothing is
 * recorded for them.
 */
export interface Analyzed extends Unfinished {
  /** Objects whose outcome is durable. */
  readonly done: readonly { readonly task: AnalyzerTask; readonly entry: LedgerEntry }[];
}

/**
 * Brings objects to their outcomes, each independent of the others. Records are read and written
 * many at a time; while some objects are scanned the next are read.
 *
 * @param options.time when it is over no object is begun, and those are `left`; what is under way
 *   when it is to be given up has `failed`. Default: without end
 * @param options.since what this scan has recorded since then (ISO 8601 in UTC) stands, failures
 *   too. Default: failures are tried again
 * @throws what the record store threw: then the objects must be analyzed again
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
  const report = ({ entry, engineMs, stagedMatches = 0 }: ObjectOutcome) =>
    analyzer.observe({ type: 'object', scanId: scan.id, kind: scan.kind, entry, engineMs, stagedMatches });
  const writer = createRecordWriter<ObjectOutcome & { readonly record: ObjectRecord }>({
    records: analyzer.records,
    maxWaiting: recordsPerWrite,
    // On the last attempt the process may have died of one of them before: the others are not to be
    // lost with it.
    maxWaitMs: tasks.some(({ lastAttempt }) => lastAttempt) ? 0 : longestWaitMs,
    onStored: report,
  });

  const done: { task: AnalyzerTask; entry: LedgerEntry }[] = [];
  const onDone = ({ record, ...settled }: ObjectOutcome, task: AnalyzerTask) => {
    done.push({ task, entry: settled.entry });
    if (record === null) report({ record, ...settled });
    else writer.add({ record, ...settled });
  };
  const known = tasks.map((task, index) => ({ task, record: records[index] ?? null }));
  const left = await analyzePlaced(analyzer, { known, ruleset, scan, time, since, onDone });
  const unfinished = await workThrough(analyzer, {
    tasks: left.map(({ task }) => task),
    ...(time === undefined ? {} : { time }),
    work: (timed, task, index) => analyzeObject(timed, { ...task, ruleset, scan, since }, left[index]?.record ?? null),
    onDone,
  });
  await writer.flush();
  return { done, ...unfinished };
}
