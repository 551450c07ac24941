import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildManifest, tuningVersion } from './build-manifest.ts';

/** The engine's module as it runs here: that of the package, tuned if possible. */
export interface EngineModule {
  /**
   * Lower-case hex. Of the tuned bytes, before a memory limit was added: the limit does not affect
   * what an instance may load.
   */
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const manifestName = 'build.json';

/**
 * The customary folder for files that tools derive from installed packages; `npm ci` empties it.
 */
function cacheFolder(): URL {
  return new URL('../../.cache/rearview/engine/', import.meta.resolve('@virustotal/yara-x/package.json'));
}

function fileOf(sha256: string): URL {
  return new URL(`${sha256}.wasm`, cacheFolder());
}

/** Returns the build of this version of the package; null if it is missing or incomplete. */
export function readCachedBuild(packageVersion: string): EngineModule | null {
  try {
    const manifest: BuildManifest = JSON.parse(readFileSync(new URL(manifestName, cacheFolder()), 'utf8'));
    if (manifest.tuning !== tuningVersion || manifest.packageVersion !== packageVersion) return null;
    const { sha256 } = manifest;
    const bytes = readFileSync(fileOf(sha256));
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? { sha256, bytes } : null;
  } catch {
    // Whatever is wrong with it: it can be built again.
    return null;
  }
}

/**
 * Stores a build, named by its hash, and removes previous ones. Returns its path. Processes that
 * store the same build at the same time do not disturb each other.
 */
export function writeCachedBuild({ sha256, bytes }: EngineModule, packageVersion: string): string {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  const module = `${sha256}.wasm`;
  placeFile(folder, module, bytes);
  // Last: a build without its manifest does not count.
  const manifest: BuildManifest = { tuning: tuningVersion, packageVersion, sha256 };
  placeFile(folder, manifestName, JSON.stringify(manifest));
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.wasm') && name !== module) rmSync(new URL(name, folder), { force: true });
  }
  return fileURLToPath(fileOf(sha256));
}

/** Writes a file atomically. */
function placeFile(folder: URL, name: string, content: Uint8Array | string): void {
  const draft = new URL(`${name}.${randomUUID()}`, folder);
  try {
    writeFileSync(draft, content);
    renameSync(draft, new URL(name, folder));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
