import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleFile } from './bundle-file.ts';

/** Each failed attempt means that another process placed its files. */
const maxAttempts = 100;

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
    await swapIn(draft, folder, files);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Puts the draft in the place of the folder, unless another process puts the same files there first. */
async function swapIn(draft: string, folder: string, files: readonly BundleFile[]): Promise<void> {
  const old = `${draft}-old`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      // What was there is moved away whole: a process that compares it meanwhile sees all or nothing.
      await rename(folder, old).catch(ignoreMissing);
      await rename(draft, folder);
      return;
    } catch (error) {
      // Another process was faster.
      if (await holds(folder, files)) return;
      if (attempt === maxAttempts) throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
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
