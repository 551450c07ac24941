import { indexSettings } from '../../app/index/index-settings.ts';
import { createIndexWriter, type IndexWriter } from '../../app/index/index-writer.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { indexFolder } from './index-folder.ts';
import { createSegmentJoiner } from './segment-joiner.ts';

/** Bytes of filters of a new segment: they are in memory while files are scanned. */
const flushBytes = 2 * 1024 ** 2;
/** Bytes of filters of a joined segment. */
const segmentBytes = 8 * 1024 ** 2;
/** Milliseconds that an object waits for others at most. */
const flushMs = 30_000;
/** Milliseconds without a new segment after which segments are joined. */
const quietMs = 30_000;

/** The index of a pipeline that runs on this machine: scans write it, and it is kept in few segments. */
export function createLocalIndex(
  { stateDir, observe, ...limits }: ScanLimits & { readonly stateDir: string; readonly observe: Observe },
  { state, segments }: { readonly state: { readonly scans: ScanStore }; readonly segments: SegmentStore },
): { readonly indexWriter: IndexWriter; close(): Promise<void> } {
  const onProblem = (message: string) => observe({ type: 'problem', where: 'index', message });
  const joiner = createSegmentJoiner(
    { folder: indexFolder(stateDir), settings: indexSettings(limits), segmentBytes },
    { scans: state.scans, onProblem },
  );
  // While segments are written there is neither time nor memory to join them.
  const joining = setTimeout(() => void joiner.request(), quietMs).unref();
  const indexWriter = createIndexWriter({
    ...{ segments, limits, flushBytes, flushMs },
    onWritten: () => joining.refresh(),
    onProblem,
  });
  return {
    indexWriter,
    async close() {
      clearTimeout(joining);
      await indexWriter.flush();
      await joiner.close();
    },
  };
}
