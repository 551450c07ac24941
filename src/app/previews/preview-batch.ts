import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { ObjectRef } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { LedgerEntry, Outcome } from '../../domain/scans/outcome.ts';
import { previewMatches } from '../../domain/scans/preview-matches.ts';
import type { RetroBatch, Scan } from '../../domain/scans/scan.ts';
import { readContent, reportRemarks } from '../analysis/analyze-object.ts';
import type { Analyzer } from '../analysis/analyzer.ts';
import { createReservation } from '../analysis/byte-budget.ts';
import { outcomeOf, outcomeOfError } from '../analysis/object-outcome.ts';
import { readAndScan } from '../analysis/read-and-scan.ts';
import { type AnalyzerTask, type TimeLimit, workThrough } from '../analysis/work-through.ts';
import { withinAreas } from './within-areas.ts';

/** Rules that no delivery would scan with. */
const unloadable = ['ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT'] as const;

/** Characters of an error that a scan keeps: messages of the engine quote rules. */
const maxErrorLength = 2000;

/**
 * Scans the objects of one batch of a preview. It reads and stores no record, match, alert or
 * verdict. The matches are in the entries.
 *
 * A batch is scanned within one delivery, or from the start in the next: it cannot resume. So it is
 * small (src/app/scans/run-batcher.ts), and it is never sent again: rules that take too long end it
 * after `maxReceives` deliveries.
 *
 * @returns the entries; null where the rules do not compile, or not in time: then the scan has
 *   failed
 * @throws RearviewError what is retryable of any object, and `ERR_UNAVAILABLE` (retryable) when
 *   time runs out, unless this is the last attempt: then those objects have failed
 */
export async function previewBatch(
  analyzer: Analyzer,
  scan: Pick<Scan, 'id'>,
  options: {
    readonly batch: RetroBatch;
    readonly ruleset: Ruleset;
    readonly lastAttempt: boolean;
    readonly time?: TimeLimit;
  },
): Promise<readonly LedgerEntry[] | null> {
  const { batch, ruleset, lastAttempt, time } = options;
  const entries: LedgerEntry[] = [];
  const { failed, left } = await workThrough(analyzer, {
    tasks: batch.objects.map((object) => ({ object, lastAttempt })),
    ...(time === undefined ? {} : { time }),
    work: (timed, task) => previewObject(timed, scan, ruleset, task),
    onDone({ entry, engineMs }) {
      entries.push(entry);
      analyzer.observe({ type: 'object', scanId: scan.id, kind: 'preview', entry, engineMs });
    },
  });
  const invalid = failed.map(({ error }) => error).find((error) => hasCode(error, ...unloadable));
  if (invalid !== undefined) {
    const at = new Date(analyzer.now()).toISOString();
    const error = invalid.message.slice(0, maxErrorLength);
    await analyzer.scans.setState(scan.id, ['running', 'paused'], 'failed', { at, error });
    return null;
  }
  if (!lastAttempt) {
    if (failed[0] !== undefined) throw failed[0].error;
    if (left.length > 0) throw outOfTime(batch, left.length);
  }
  return [
    ...entries,
    ...failed.map(({ task, error }) => {
      const outcome = outcomeOfError(error, lastAttempt);
      if (outcome === null) throw error;
      return entryOf({ ...task.object }, outcome);
    }),
    ...left.map(({ object }) => entryOf(object, timedOut)),
  ];
}

const timedOut: Outcome = {
  status: 'failed',
  reason: 'timeout',
  detail: 'the time for its batch ran out before it was scanned',
};

async function previewObject(
  analyzer: Analyzer,
  scan: Pick<Scan, 'id'>,
  ruleset: Ruleset,
  task: AnalyzerTask,
): Promise<{ readonly entry: LedgerEntry; readonly engineMs: number }> {
  const { object } = task;
  const reader = analyzer.readers.get(object.bucket);
  if (reader === undefined) {
    throw new RearviewError('ERR_CONFIG', `No bucket "${object.bucket}" is configured; ${object.key} cannot be read.`);
  }
  const room = createReservation(analyzer.budget);
  try {
    // Batches are planned within the areas. They are checked again here, whatever wrote the batch.
    const allowed = withinAreas(reader, analyzer.previews.within);
    const scanned = await readAndScan(analyzer.pool, ruleset, () => readContent(analyzer, allowed, room, task), {
      unpack: analyzer.unpack,
    });
    if ('status' in scanned) return { entry: entryOf(object, scanned), engineMs: 0 };
    const { content, report } = scanned;
    // Rules can print the bytes of a file. If results must not contain them, the log of the preview
    // must not either.
    if (analyzer.previews.matchedBytes) reportRemarks(analyzer, { id: scan.id, kind: 'preview' }, scanned);
    const { sha256 } = report;
    const entry = {
      ...entryOf(content, outcomeOf(report, content.size)),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
    if (report.status === 'failed') return { entry, engineMs: 0 };
    const { md5, matches, engineMs } = report;
    return {
      entry: {
        ...entry,
        preview: { arrivedAt: content.arrivedAt, md5, hits: previewMatches(matches, analyzer.previews) },
      },
      engineMs,
    };
  } finally {
    room.release();
  }
}

function entryOf({ bucket, key, version, size }: ObjectRef & { readonly size: number }, outcome: Outcome): LedgerEntry {
  return { bucket, key, version, size, outcome };
}

function outOfTime({ batchId }: RetroBatch, count: number): RearviewError {
  return new RearviewError(
    'ERR_UNAVAILABLE',
    `Time ran out with ${count} objects of batch ${batchId} left: nothing of the batch is kept, and it is retried from the start.`,
    { retryable: true },
  );
}
