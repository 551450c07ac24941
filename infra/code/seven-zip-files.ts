import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleFile } from './bundle-file.ts';

export const sevenZipPackage = 'node_modules/7z-wasm';

/** 7-Zip where the code expects it: separate files that can be replaced. */
export async function sevenZipFiles(project: string): Promise<readonly BundleFile[]> {
  const names = ['package.json', '7zz.es6.js', '7zz.wasm'];
  return Promise.all(
    names.map(async (name) => {
      const path = `${sevenZipPackage}/${name}`;
      return { path, bytes: await readFile(join(project, path)) };
    }),
  );
}
