import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { Segment } from '../../domain/scans/segment.ts';
import type { IndexedObject } from '../../index/indexed-object.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { indexSettings } from './index-settings.ts';
import { filterBytes, writeSegment } from './write-segment.ts';

/** Collects what the index keeps of scanned objects, and writes many at once as a segment. */
export interface IndexWriter {
  add(object: IndexedObject): void;
  /**
   * Writes what was added, if it is so many objects (default: 1). A segment that cannot be stored is
   * reported, and dropped: its objects are not indexed, and scans read them.
   */
  flush(atLeast?: number): Promise<void>;
  /** Bytes of filters that wait. */
  readonly waitingBytes: number;
}

export interface IndexWriterOptions {
  readonly segments: SegmentStore;
  readonly limits: ScanLimits;
  /** Bytes of filters after which a segment is written. Default: only `flush` writes. */
  readonly flushBytes?: number;
  /** Milliseconds after which what was added is written. Default: only `flush` writes. */
  readonly flushMs?: number;
  readonly onWritten?: (segment: Segment) => void;
  /** Receives what went wrong. What it throws, `flush` throws. */
  readonly onProblem: (message: string, error: unknown) => void;
}

export function createIndexWriter(options: IndexWriterOptions): IndexWriter {
  const { segments, flushBytes = Number.POSITIVE_INFINITY, flushMs, onWritten, onProblem } = options;
  const settings = indexSettings(options.limits);
  let waiting: IndexedObject[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (objects: readonly IndexedObject[]): Promise<void> => {
    try {
      const segment = await writeSegment(segments, objects, settings);
      onWritten?.(segment);
    } catch (error) {
      onProblem(
        `The index could not be written (objects that scans will read: ${objects.length}): ${messageOf(error)}`,
        error,
      );
    }
  };
  const flush = (atLeast = 1): Promise<void> => {
    if (waiting.length < atLeast) return writing;
    clearTimeout(timer);
    timer = undefined;
    const objects = waiting;
    waiting = [];
    waitingBytes = 0;
    writing = writing.catch(() => undefined).then(() => write(objects));
    return writing;
  };

  return {
    add(object) {
      waiting.push(object);
      waitingBytes += filterBytes(object);
      if (waitingBytes >= flushBytes) void flush();
      // It does not keep the process running: who ends it writes the rest.
      else if (flushMs !== undefined) timer ??= setTimeout(() => void flush(), flushMs).unref();
    },
    flush,
    get waitingBytes() {
      return waitingBytes;
    },
  };
}
