import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pauseFor } from '../pause.ts';

const pollMs = 250;
/** A save may touch several files: wait until nothing changed for this long. */
const settleMs = 150;

/** Some files, and those below some folders, watched from the moment it was made. */
export interface FileWatch {
  /** Yields after files were added, removed or changed and have settled. Ends with the signal. */
  changes(signal: AbortSignal): AsyncGenerator<void>;
}

/**
 * Watches by polling, which costs a millisecond for hundreds of files. It detects changes that
 * notification services miss: network file systems, editors that replace files, new folders.
 */
export async function watchFiles(dirs: readonly string[]): Promise<FileWatch> {
  let known = await fingerprint(dirs);
  return {
    async *changes(signal) {
      while (!signal.aborted) {
        await pauseFor(pollMs, signal);
        let seen = await fingerprint(dirs);
        if (seen === known) continue;
        for (let before = ''; seen !== before && !signal.aborted; ) {
          before = seen;
          await pauseFor(settleMs, signal);
          seen = await fingerprint(dirs);
        }
        known = seen;
        if (!signal.aborted) yield;
      }
    },
  };
}

async function fingerprint(dirs: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const dir of dirs) {
    const names = await readdir(dir, { recursive: true }).catch(() => []);
    // The folder itself may be a file.
    for (const name of ['', ...names.sort()]) {
      const found = await stat(join(dir, name), { bigint: true }).catch(() => null);
      if (found?.isFile()) lines.push(`${name}\0${found.mtimeNs}\0${found.ctimeNs}\0${found.size}\0${found.ino}`);
    }
  }
  return lines.join('\n');
}
