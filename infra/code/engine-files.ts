import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { BundleFile } from './bundle-file.ts';

const folder = 'engine/dist';
const manifestSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const packageSchema = z.object({ imports: z.object({ '#engine/*': z.literal(`./${folder}/*`) }) });

/**
 * The engine where the code expects it: its modules, their manifests, and a `package.json` by whose
 * `imports` the code finds them.
 *
 * @throws Error if a module is not the one of its manifest
 */
export async function engineFiles(project: string): Promise<readonly BundleFile[]> {
  const read = async (path: string): Promise<BundleFile> => ({ path, bytes: await readFile(join(project, path)) });
  const files: BundleFile[] = [];
  for (const name of ['engine', 'filter']) {
    const [manifest, module] = await Promise.all([read(`${folder}/${name}.json`), read(`${folder}/${name}.wasm`)]);
    const { sha256 } = manifestSchema.parse(JSON.parse(Buffer.from(manifest.bytes).toString()));
    if (createHash('sha256').update(module.bytes).digest('hex') !== sha256) {
      throw new Error(`${module.path} is not the module of ${manifest.path}: check out both again.`);
    }
    files.push(manifest, module);
  }
  const ownPackage = await read('package.json');
  const { imports } = packageSchema.parse(JSON.parse(Buffer.from(ownPackage.bytes).toString()));
  const found = Buffer.from(`${JSON.stringify({ type: 'module', imports })}\n`);
  return [...files, { path: 'package.json', bytes: found }];
}
