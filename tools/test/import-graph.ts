import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bresolve\(\s*|\bnew URL\(\s*)['"`](\.{1,2}\/[^'"`\s]+)['"`]/g;

/** The files that a source names by a relative path: imports, and modules that it starts by URL. */
export function namedFiles(file: string, source: string): readonly string[] {
  return [...source.matchAll(specifier)].map(([, path = '']) => join(dirname(file), path));
}

/**
 * The tests that a change concerns: changed tests, tests that import a changed file directly or
 * indirectly, and tests whose text names a changed file that is not code.
 * @param files of the project, paths from its root
 * @param changed paths from the root, deleted files included
 */
export function concernedTests(
  files: readonly string[],
  changed: readonly string[],
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): readonly string[] {
  const sources = new Map(files.filter((file) => /\.m?[jt]s$/.test(file)).map((file) => [file, read(file)]));
  const importers = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const named of namedFiles(file, source)) importers.set(named, [...(importers.get(named) ?? []), file]);
  }
  const others = changed.filter((file) => !/\.m?[jt]s$/.test(file)).map((file) => file.replace(/^.*\//, ''));
  const naming = [...sources].filter(([, source]) => others.some((name) => source.includes(name)));
  const reached = new Set([...changed, ...naming.map(([file]) => file)]);
  for (const file of reached) for (const importer of importers.get(file) ?? []) reached.add(importer);
  return files.filter((file) => reached.has(file) && file.endsWith('.test.ts'));
}
