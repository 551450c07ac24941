import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Teardown } from './teardown.ts';

/** A folder that goes with the test. */
export function tempFolder(t: Teardown): string {
  const dir = mkdtempSync(join(tmpdir(), 'rearview-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
