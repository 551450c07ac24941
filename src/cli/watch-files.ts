import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 250;
/** A save may touch several files: wait until nothing changed for this long. */
const settleMs = 150;

/**
 * Calls back whenever a file below the folders came, went or changed, once it has settled. Polls: it costs a millisecond for hundreds of files, and
 * sees what notification services miss (network file systems, editors that replace files, folders made later).
 */
export async function watchFiles(
  dirs: readonly string[],
  changed: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let known = await fingerprint(dirs);
  while (!signal.aborted) {
    await pause(pollMs, signal);
    let seen = await fingerprint(dirs);
    if (seen === known) continue;
    for (;;) {
      await pause(settleMs, signal);
      const again = await fingerprint(dirs);
      if (again === seen) break;
      seen = again;
    }
    known = seen;
    if (!signal.aborted) await changed();
  }
}

async function fingerprint(dirs: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const dir of dirs) {
    const names = await readdir(dir, { recursive: true }).catch(() => []);
    for (const name of names.sort()) {
      const found = await stat(join(dir, name), { bigint: true }).catch(() => null);
      if (found?.isFile()) lines.push(`${name}\0${found.mtimeNs}\0${found.ctimeNs}\0${found.size}\0${found.ino}`);
    }
  }
  return lines.join('\n');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
