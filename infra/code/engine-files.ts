import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type BuildManifest, tuningVersion } from '../../src/engine/module/build-manifest.ts';
import type { BundleFile } from './bundle-file.ts';

const run = promisify(execFile);

const enginePackage = 'node_modules/@virustotal/yara-x';
const buildFolder = 'node_modules/.cache/rearview/engine';

const manifestSchema: z.ZodType<BuildManifest> = z.object({
  tuning: z.number(),
  packageVersion: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const packageSchema = z.object({ version: z.string(), exports: z.object({ '.': z.object({ import: z.string() }) }) });

/**
 * The engine where the code expects it: its package without the original module, which the tuned
 * one replaces, and the build of the install script, which runs if there is none.
 *
 * @throws Error if the engine cannot be tuned. Untuned scans would be correct, but cost many times
 *   as much.
 */
export async function engineFiles(project: string): Promise<readonly BundleFile[]> {
  const read = async (path: string): Promise<BundleFile> => ({ path, bytes: await readFile(join(project, path)) });
  const manifest = await read(`${enginePackage}/package.json`);
  const { version, exports } = packageSchema.parse(JSON.parse(Buffer.from(manifest.bytes).toString()));
  const glue = await read(join(enginePackage, exports['.'].import));
  const found = await readBuild(project, version);
  if (found !== null) return [manifest, glue, ...found];
  const output = await tune(project);
  const made = await readBuild(project, version);
  if (made !== null) return [manifest, glue, ...made];
  const why = `Cannot tune the engine @virustotal/yara-x ${version}, and untuned scans cost many times as much`;
  throw new Error(`${why}: ${output.trim()}\nDeploy with the version of package-lock.json (npm ci).`);
}

/** The build of the install script; null if it is missing for this version, or incomplete. */
async function readBuild(project: string, version: string): Promise<readonly BundleFile[] | null> {
  const read = async (name: string) => {
    const path = `${buildFolder}/${name}`;
    return { path, bytes: await readFile(join(project, path)) };
  };
  try {
    const manifest = await read('build.json');
    const { tuning, packageVersion, sha256 } = manifestSchema.parse(JSON.parse(manifest.bytes.toString()));
    if (tuning !== tuningVersion || packageVersion !== version) return null;
    const module = await read(`${sha256}.wasm`);
    return createHash('sha256').update(module.bytes).digest('hex') === sha256 ? [manifest, module] : null;
  } catch {
    // Whatever is wrong with it: it is built again.
    return null;
  }
}

/** Runs the install script; returns its output. */
async function tune(project: string): Promise<string> {
  // Run with tsx: the Node of the Pulumi program may not strip types.
  const script = join(project, 'src/engine/module/build.ts');
  const { stdout, stderr } = await run(process.execPath, ['--import=tsx', script], { cwd: project });
  return `${stdout}${stderr}`;
}
