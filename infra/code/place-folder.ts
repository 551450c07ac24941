import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleFile } from './bundle-file.ts';

/**
 * Makes a folder contain exactly these files. If it already does, it is not changed. Otherwise it
 * is replaced atomically, so that simultaneous callers never see half of it.
 */
export async function placeFolder(folder: string, files: readonly BundleFile[]): Promise<void> {
  if (await holds(folder, files)) return;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await chmod(draft, 0o755);
    for (const { path, bytes } of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), bytes, { mode: 0o644 });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (!(await holds(folder, files))) throw error;
  }
}

async function holds(folder: string, files: readonly BundleFile[]): Promise<boolean> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    if (entries.filter((entry) => !entry.isDirectory()).length !== files.length) return false;
    for (const { path, bytes } of files) {
      if (Buffer.compare(await readFile(join(folder, path)), bytes) !== 0) return false;
    }
    return true;
  } catch {
    // It is missing or incomplete.
    return false;
  }
}
