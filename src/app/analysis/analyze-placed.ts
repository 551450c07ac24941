import pMap from 'p-map';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { RecordedScan } from '../../domain/scans/scan.ts';
import { smallFileBytes } from '../../engine/types.ts';
import type { ObjectRecord } from '../../ports/record-store.ts';
import { isToBeIndexed, type ObjectOutcome, settleScanned } from './analyze-object.ts';
import type { Analyzer } from './analyzer.ts';
import { earlierOutcome } from './object-outcome.ts';
import type { AnalyzerTask, TimeLimit } from './work-through.ts';

/** Small files that a worker takes at once. */
const filesAtOnce = 50;

/** A task, and what is known of its object. */
export interface KnownTask {
  readonly task: AnalyzerTask;
  readonly record: ObjectRecord | null;
}

/**
 * Analyzes files of this machine, small ones many at a time: workers read them.
 *
 * @param options.onDone takes the outcome of an object
 * @returns the tasks that were not done, to be done one by one
 */
export async function analyzePlaced(
  analyzer: Analyzer,
  options: {
    readonly known: readonly KnownTask[];
    readonly ruleset: Ruleset;
    readonly scan: RecordedScan;
    readonly time: TimeLimit | undefined;
    readonly since: string | undefined;
    readonly onDone: (outcome: ObjectOutcome, task: AnalyzerTask) => void;
  },
): Promise<readonly KnownTask[]> {
  const { known, ruleset, scan, time, since, onDone } = options;
  const left: KnownTask[] = [];
  const placed: KnownTask[] = [];
  for (const each of known) {
    const isDue = earlierOutcome(analyzer, each.record, { ...each.task, ruleset, scan, since }) === null;
    const list = isDue && time === undefined && isPlaced(analyzer, each.task) ? placed : left;
    list.push(each);
  }
  const [small, large] = [placed.filter(isSmall), placed.filter((each) => !isSmall(each))];
  const chunks = Array.from({ length: Math.ceil(small.length / filesAtOnce) }, (_, index) =>
    small.slice(index * filesAtOnce, (index + 1) * filesAtOnce),
  );
  const scanFiles = async (chunk: readonly KnownTask[]) => {
    const files = chunk.map(({ task, record }) => ({
      ...{ key: task.object.key, version: task.object.version, size: task.object.size },
      index: isToBeIndexed(analyzer, task, record),
    }));
    // An error, such as rules that do not compile, is reported for each of them.
    return analyzer.pool.scanFiles({ ruleset, files, unpack: analyzer.unpack }).catch(() => []);
  };
  const scanChunk = async (chunk: readonly KnownTask[]) => {
    const release = await analyzer.budget.reserve(heldBytes(chunk));
    const reports = await scanFiles(chunk).finally(release);
    for (const [index, each] of chunk.entries()) {
      const report = reports[index] ?? null;
      if (report === null) {
        left.push(each);
        continue;
      }
      const { task, record } = each;
      const scanned = {
        content: contentOf(task.object, report.size),
        externals: { ...externalsOf(task.object.key), variables: {} },
        // Only alerts name it.
        report: { md5: '', ...report },
      };
      try {
        onDone(await settleScanned(analyzer, { ...task, ruleset, scan, since }, record, scanned), task);
      } catch {
        // Done again, which reports it.
        left.push(each);
      }
    }
  };
  await pMap([...chunks, ...large.map((each) => [each])], scanChunk, {
    concurrency: analyzer.pool.workers + analyzer.readAhead,
  });
  return left;
}

function isSmall({ task }: KnownTask): boolean {
  return task.object.size <= smallFileBytes;
}

/** Workers hold one small file at a time. */
function heldBytes(chunk: readonly KnownTask[]): number {
  return Math.max(...chunk.map(({ task }) => task.object.size));
}

/**
 * Whether a worker may take this file among others. Not on the last attempt: the process may have
 * died of it before, and the others are not to be lost with it.
 */
function isPlaced({ readers, verdicts, maxObjectBytes }: Analyzer, { object, lastAttempt }: AnalyzerTask): boolean {
  return (
    readers.get(object.bucket)?.isInPlace === true &&
    // They name the MD5 of every file.
    verdicts === undefined &&
    !lastAttempt &&
    object.size <= maxObjectBytes
  );
}

/** The file as it was read: of the version that was listed. */
function contentOf({ bucket, key, version, arrivedAt }: ObjectInfo, size: number): ObjectInfo {
  return { bucket, key, version, size, arrivedAt };
}
