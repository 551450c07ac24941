import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { serialize } from 'node:v8';
import type { Ruleset } from '../src/domain/rulesets/ruleset.ts';
import { buildImage } from '../src/engine/build-image.ts';
import { subsetRuleset } from '../src/rules/ruleset.ts';
import { runNativeYara } from './native-yara.ts';

const deltas = [1, 4, 16] as const;
const typesFolder = '/usr';
const [mostTypes, mostFilesPerType, leastFilesPerType] = [8, 300, 100];
const mostBytes = 5_000_000;

export interface EngineParts {
  readonly ruleset: Ruleset;
  /** For temporary files. */
  readonly folder: string;
  readonly isNative: boolean;
  readonly print: (line: string) => void;
  /** MB/s of the engine here: the file of an image, the file of a list of paths. */
  readonly ask: (image: string, list: string) => Promise<number>;
}

/** Compares throughput with a few of the rules, and on files of single types, with native YARA-X. */
export async function benchParts(parts: EngineParts): Promise<void> {
  const { ruleset, folder } = parts;
  const programs = await pathsIn('/usr/bin', () => true);
  const step = Math.floor(ruleset.rules.length / Math.max(...deltas));
  for (const count of deltas) {
    // Spread over the ruleset.
    const logic = new Set(Array.from({ length: count }, (_, index) => ruleset.rules[index * step]?.logicHash ?? ''));
    const delta = subsetRuleset(ruleset, logic);
    await compare(parts, `${count} of the rules`, delta, programs.slice(0, mostFilesPerType), join(folder, `${count}`));
  }
  for (const [type, paths] of await filesByType()) {
    await compare(parts, `files ${type}`, ruleset, paths, join(folder, `type${type}`));
  }
}

async function compare(
  { ask, isNative, print }: EngineParts,
  name: string,
  { sources, image }: Ruleset,
  paths: readonly string[],
  folder: string,
): Promise<void> {
  await mkdir(folder);
  const [imageFile, list] = [join(folder, 'image'), join(folder, 'files')];
  await writeFile(imageFile, serialize(image ?? (await buildImage(sources))));
  await writeFile(list, paths.join('\n'));
  const speeds = [await ask(imageFile, list), await ask(imageFile, list)];
  const speed = Math.max(...speeds);
  const native = isNative ? await runNativeYara('throughput', { sources, paths, folder }) : null;
  const ratio =
    native === null ? '' : ` = ${(speed / native.value).toFixed(2)} x native YARA-X (${native.value.toFixed(1)} MB/s)`;
  print(`${name.padEnd(20)}${speed.toFixed(1)} MB/s${ratio}, ${paths.length} files`);
}

/** The most frequent types of files, by extension. */
async function filesByType(): Promise<readonly (readonly [string, readonly string[]])[]> {
  const byType = new Map<string, string[]>();
  for (const path of await pathsIn(typesFolder, (each) => extname(each) !== '')) {
    const type = extname(path);
    const paths = byType.get(type) ?? [];
    byType.set(type, paths);
    paths.push(path);
  }
  return [...byType]
    .filter(([, paths]) => paths.length >= leastFilesPerType)
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, mostTypes)
    .map(([type, paths]) => [type, paths.slice(0, mostFilesPerType)] as const);
}

/** Regular files with content, in a stable order. */
async function pathsIn(folder: string, isWanted: (path: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => isWanted(path) && !path.includes('\n'))
    .sort();
  const sizes = await Promise.all(paths.map(async (path) => (await lstat(path).catch(() => null))?.size ?? 0));
  return paths.filter((_, index) => (sizes[index] ?? 0) > 0 && (sizes[index] ?? 0) <= mostBytes);
}
