import { type SevenZip, startSevenZip } from './archives/seven-zip.ts';
import type { MemoryBudget } from './archives/wasm-state.ts';

/** Instances of 7-Zip that are ready, since starting one takes a turn of the event loop. */
export interface SevenZipShelf {
  /** Replaces the instances that have failed. */
  fill(): Promise<void>;
  /** One that is idle; null if there is none. */
  take(): SevenZip | null;
}

/** Archives in archives that are opened without waiting. */
const defaultCount = 4;

/**
 * Most memory of all instances in bytes, beyond what each starts with. Large dictionaries of LZMA
 * need much.
 */
const maxMemoryBytes = 512 * 1024 * 1024;

export function createSevenZipShelf(count = defaultCount, start = startSevenZip): SevenZipShelf {
  const budget: MemoryBudget = { left: maxMemoryBytes };
  let shelf: SevenZip[] = [];
  return {
    async fill() {
      shelf = shelf.filter(({ dead }) => !dead);
      while (shelf.length < count) shelf.push(await start(budget));
    },
    take: () => shelf.find(({ busy, dead }) => !busy && !dead) ?? null,
  };
}
