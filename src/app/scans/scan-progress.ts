import * as z from 'zod';
import type { Scan } from '../../domain/scans/scan.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';

const pointerName = 'scans/progress';

const sinceSchema = z.object({ mark: z.string(), sinceMs: z.number() });
const progressSchema = z.object({
  /**
   * Running scans by id: what each has come to, and since when it is there (milliseconds since
   * 1970).
   */
  scans: z.record(z.string(), sinceSchema),
  /** The same of the reports of them all. */
  reports: sinceSchema,
});

/** The progress of running scans at the last check. */
export type ScanProgress = z.infer<typeof progressSchema>;

/** The progress of a scan: it advances when this changes. */
export function progressOf({ listed, counts, batches }: Pick<Scan, 'listed' | 'counts' | 'batches'>): string {
  return [listed.objects, batches.planned, batches.reported, counts.objects].join('/');
}

/**
 * Updates the progress of running scans. The time of a scan that is new, or was paused, starts now.
 */
export function updateProgress(before: ScanProgress | null, running: readonly Scan[], nowMs: number): ScanProgress {
  const since = (last: z.infer<typeof sinceSchema> | undefined, mark: string) =>
    last?.mark === mark ? last : { mark, sinceMs: nowMs };
  const reported = running.reduce((sum, { batches }) => sum + batches.reported, 0);
  return {
    scans: Object.fromEntries(running.map((scan) => [scan.id, since(before?.scans[scan.id], progressOf(scan))])),
    reports: since(before?.reports, `${running.length}/${reported}`),
  };
}

/**
 * Milliseconds that the most idle retro scan has not advanced; null if none runs. The batches of
 * all scans wait in one queue: a scan that is listed, and waits for its own, advances while any
 * batch reports, those of previews included.
 */
export function longestIdleMs(progress: ScanProgress, running: readonly Scan[], nowMs: number): number | null {
  const watched = running.filter(({ kind }) => kind !== 'preview');
  if (watched.length === 0) return null;
  const idle = watched.map(({ id, listingDone }) => {
    const own = progress.scans[id]?.sinceMs ?? nowMs;
    return nowMs - (listingDone ? Math.max(own, progress.reports.sinceMs) : own);
  });
  return Math.max(0, ...idle);
}

/**
 * Like `longestIdleMs`, but the progress is kept in the store, where it outlives the process that
 * checks.
 * @throws what the store throws
 */
export async function watchScanProgress(
  pointers: PointerStore,
  running: readonly Scan[],
  nowMs: number,
): Promise<number | null> {
  const stored = await pointers.get(pointerName);
  const before = stored === null ? null : parseProgress(stored.value);
  const after = updateProgress(before, running, nowMs);
  // If another process checked at the same time, its check also counts.
  const isNews = JSON.stringify(before) !== JSON.stringify(after);
  if (isNews && (running.length > 0 || Object.keys(before?.scans ?? {}).length > 0)) {
    await pointers.compareAndSet(pointerName, stored?.revision ?? null, JSON.stringify(after));
  }
  return longestIdleMs(after, running, nowMs);
}

/** Parses stored progress. If another release wrote it, the measurement starts again. */
function parseProgress(text: string): ScanProgress | null {
  try {
    return checkShape(progressSchema, JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
