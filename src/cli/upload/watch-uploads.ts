import { createStableFiles } from '../../app/uploads/stable-files.ts';
import { type UploadFilesOptions, uploadFiles } from '../../app/uploads/upload-files.ts';
import type { UploadFile, UploadReport } from '../../app/uploads/upload-report.ts';
import { pauseFor } from '../pause.ts';

const pollMs = 200;
const firstTroubleMs = 1000;
const mostTroubleMs = 60_000;
/** Failures that are remembered as told. */
const mostTold = 10_000;

export interface WatchUploadsOptions
  extends Omit<UploadFilesOptions, 'files' | 'isStable' | 'onDone' | 'signal' | 'report'> {
  /** All files there are now; called again and again. */
  readonly walk: () => AsyncIterable<UploadFile>;
  /** Milliseconds that a file must stay as it is. */
  readonly settleMs: number;
  /** Takes what was uploaded or was there, and each failure once for each of its reasons. */
  readonly report: (report: UploadReport) => Promise<void>;
  /** Told what went wrong for all files; false ends the watch with it. */
  readonly goesOn: (error: unknown) => boolean;
  /** Ends the watch, without an error. */
  readonly signal: AbortSignal;
}

/**
 * Uploads files as they come or change, each once it rests, until the signal. Watches by looking again and again, as `watchFiles` does, and for the same
 * reasons; what did not change costs a look at its times. A file that takes long to upload holds no other up. What fails is tried again, after a
 * while that grows.
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
    // Of this run alone: what a run that failed had taken is taken anew.
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

/** What did not change is not told, nor is that a file went; and what fails, once, until it is uploaded. */
function reportOnce(report: (report: UploadReport) => Promise<void>): (report: UploadReport) => Promise<void> {
  const told = new Map<string, string>();
  return async (each) => {
    const id = idOf(each);
    if (each.status === 'unchanged' || (each.status === 'failed' && each.reason === 'gone')) return;
    if (each.status !== 'failed') told.delete(id);
    else {
      if (told.get(id) === each.reason) return;
      if (told.size >= mostTold) told.clear();
      told.set(id, each.reason);
    }
    await report(each);
  };
}

function idOf({ path, pathBytes }: Pick<UploadFile, 'path' | 'pathBytes'>): string {
  return `${path}\0${pathBytes ?? ''}`;
}
