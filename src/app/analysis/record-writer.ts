import type { ObjectRecord, RecordStore } from '../../ports/record-store.ts';

export interface RecordWriterOptions<T extends { readonly record: ObjectRecord }> {
  readonly records: RecordStore;
  /** Most records that wait for each other. */
  readonly maxWaiting: number;
  /** Milliseconds from the first of them to the write; 0 writes each at once. */
  readonly maxWaitMs: number;
  /** Called for each item whose record is durable. */
  readonly onStored: (settled: T) => void;
}

/**
 * Writes records many at a time, and soon: what a process that dies had not written is scanned
 * again.
 */
export interface RecordWriter<T> {
  add(settled: T): void;
  /** Resolves when all that was added is durable. @throws what the store threw */
  flush(): Promise<void>;
}

export function createRecordWriter<T extends { readonly record: ObjectRecord }>({
  records,
  maxWaiting,
  maxWaitMs,
  onStored,
}: RecordWriterOptions<T>): RecordWriter<T> {
  let waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  const store = async (some: readonly T[]) => {
    if (failure !== undefined) return;
    try {
      await records.putMany(some.map(({ record }) => record));
      for (const each of some) onStored(each);
    } catch (error) {
      failure = { error };
    }
  };
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const some = waiting;
    waiting = [];
    if (some.length > 0) writing = writing.then(() => store(some));
  };

  return {
    add(settled) {
      waiting.push(settled);
      if (waiting.length >= maxWaiting || maxWaitMs === 0) write();
      else timer ??= setTimeout(write, maxWaitMs);
    },
    async flush() {
      write();
      await writing;
      if (failure !== undefined) throw failure.error;
    },
  };
}
