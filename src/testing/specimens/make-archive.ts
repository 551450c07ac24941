import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from './recipes.ts';

/** The content of `dir/other.txt`. */
export const otherMember = 'another member';

/**
 * Makes an archive as a recipe describes.
 *
 * @param root - an empty folder
 * @param depth - how many archives there are with this one, from 1: a disk grows with it
 * @param file - the name of the first file
 * @returns its path
 */
export function makeArchive(
  root: string,
  { command, isSingle = false }: Recipe,
  { depth, file, content }: { readonly depth: number; readonly file: string; readonly content: Uint8Array },
): string {
  const folder = join(root, 'in');
  mkdirSync(folder);
  writeFileSync(join(folder, file), content);
  if (!isSingle) {
    mkdirSync(join(folder, 'dir'));
    writeFileSync(join(folder, 'dir/other.txt'), otherMember);
  }
  const out = join(root, `level${depth}.bin`);
  execFileSync('sh', ['-c', command], { cwd: folder, env: { ...process.env, out, file, depth: String(depth) } });
  return out;
}
