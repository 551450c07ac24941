import { createStableFiles } from '../../app/uploads/stable-files.ts';
import { type UploadFilesOptions, uploadFiles } from '../../app/uploads/upload-files.ts';
import type { UploadFile, UploadReport } from '../../app/uploads/upload-report.ts';
import { pauseFor } from '../pause.ts';

const pollMs = 200;
const firstTroubleMs = 1000;
const mostTroubleMs = 60_000;
/** Most failures that are remembered as reported. */
const maxReported = 10_000;

export interface WatchUploadsOptions
  extends Omit<UploadFilesOptions, 'files' | 'isStable' | 'onDone' | 'signal' | 'report'> {
  /** All files there are now; called again and again. */
  readonly walk: () => AsyncIterable<UploadFile>;
  /** Milliseconds that a file must stay as it is. */
  readonly settleMs: number;
  /** Takes uploaded and stored files, and each failure once for each reason. */
  readonly report: (report: UploadReport) => Promise<void>;
  /** Takes an error that concerns all files; returning false ends the watch with it. */
  readonly goesOn: (error: unknown) => boolean;
  /** Ends the watch, without an error. */
  readonly signal: AbortSignal;
}

/**
 * Uploads new and changed files once they rest, until the signal. Watches by polling, like
 * `watchFiles`; an unchanged file costs one `stat`. A slow upload does not delay other files.
 * Failures are retried with a growing delay.
 */
export async function watchUploads(options: WatchUploadsOptions): Promise<void> {
  const { walk, settleMs, goesOn, signal, ...upload } = options;
  const stableFiles = createStableFiles({ settleMs });
  const report = reportOnce(options.report);
  let troubles = 0;

  async function* sweeps(underWay: Set<string>): AsyncGenerator<UploadFile> {
    while (!signal.aborted) {
      const startedMs = performance.now();
      for await (const file of walk()) {
        const id = idOf(file);
        if (underWay.has(id)) continue;
        underWay.add(id);
        yield file;
      }
      stableFiles.endSweep();
      // A large folder is not swept all the time.
      await pauseFor(Math.max(pollMs, 5 * (performance.now() - startedMs)), signal);
    }
  }

  while (!signal.aborted) {
    // Only for this run: files of a failed run are uploaded again.
    const underWay = new Set<string>();
    try {
      await uploadFiles({
        ...upload,
        files: sweeps(underWay),
        signal,
        isStable: stableFiles.isStable,
        onDone: (file) => underWay.delete(idOf(file)),
        async report(each) {
          if (each.status === 'failed') stableFiles.holdBack(each);
          else troubles = 0;
          await report(each);
        },
      });
    } catch (error) {
      if (!goesOn(error)) throw error;
      await pauseFor(Math.min(mostTroubleMs, firstTroubleMs * 2 ** troubles), signal);
      troubles += 1;
    }
  }
}

/**
 * Leaves out unchanged and removed files, and reports a failure once until the file is uploaded.
 */
function reportOnce(report: (report: UploadReport) => Promise<void>): (report: UploadReport) => Promise<void> {
  const reported = new Map<string, string>();
  return async (each) => {
    const id = idOf(each);
    if (each.status === 'unchanged' || (each.status === 'failed' && each.reason === 'gone')) return;
    if (each.status !== 'failed') reported.delete(id);
    else {
      if (reported.get(id) === each.reason) return;
      if (reported.size >= maxReported) reported.clear();
      reported.set(id, each.reason);
    }
    await report(each);
  };
}

function idOf({ path, pathBytes }: Pick<UploadFile, 'path' | 'pathBytes'>): string {
  return `${path}\0${pathBytes ?? ''}`;
}
