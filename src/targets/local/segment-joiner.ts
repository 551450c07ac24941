import { Worker } from 'node:worker_threads';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { segmentsWith } from '../../app/index/corpus-index.ts';
import { areToBeJoined } from '../../app/index/join-segments.ts';
import { removeRetired } from '../../app/index/remove-retired.ts';
import { messageOf } from '../../domain/errors.ts';
import { workerOptions } from '../../engine/pool/worker-options.ts';
import type { ScanStore } from '../../ports/scan-store.ts';

/** What a thread is to join. */
export interface JoinTask {
  /** Of the segments. */
  readonly folder: string;
  readonly settings: string;
  readonly segmentBytes: number;
}

/** Joins the segments of a folder, in a thread, when there are enough. */
export interface SegmentJoiner {
  /** Looks for segments to join, now or after the join that runs. Resolves when there are none left. */
  request(): Promise<void>;
  /** Ends a join that runs: the index stays as it was. */
  close(): Promise<void>;
}

/** Megabytes. A thread holds a joined segment as filters and as a file, and what it joins. */
const maxThreadMb = 160;

export function createSegmentJoiner(
  task: JoinTask,
  {
    scans,
    onProblem,
  }: { readonly scans: Pick<ScanStore, 'hasExclusionsBy'>; readonly onProblem: (message: string) => void },
): SegmentJoiner {
  const segments = createSegmentFolder(task.folder);
  let thread: Worker | undefined;
  let isClosed = false;
  let running: Promise<void> | undefined;
  let isRequested = false;

  const join = async (): Promise<void> => {
    const listed = await segmentsWith(segments, task.settings);
    if (isClosed || !areToBeJoined(listed, task.segmentBytes)) return;
    await new Promise<void>((resolve, reject) => {
      thread = new Worker(new URL('./join-thread.ts', import.meta.url), {
        ...workerOptions(),
        workerData: task,
        resourceLimits: { maxOldGenerationSizeMb: maxThreadMb, maxYoungGenerationSizeMb: 8 },
      });
      thread.once('error', reject);
      thread.once('exit', () => resolve());
    });
    if (!isClosed) await removeRetired({ segments, scans, now: Date.now() });
  };
  const work = async (): Promise<void> => {
    while (isRequested && !isClosed) {
      isRequested = false;
      await join().catch((error: unknown) =>
        onProblem(`Segments of the index were not joined, and scans read more of them: ${messageOf(error)}`),
      );
    }
    running = undefined;
  };

  return {
    request() {
      isRequested = true;
      running ??= work();
      return running;
    },
    async close() {
      isClosed = true;
      await thread?.terminate();
      await running;
    },
  };
}
