import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { type Group, groupFiles } from './group-files.ts';

/** Where the entries are: AVA leaves a folder of this name out of the titles that it prints. */
const entries = '__tests__';

/** Enough files to load the shared modules seldom, and few enough that two processes end at about the same time. */
const mostFiles = 14;

/** What concerns the whole process: such a file runs in a process of its own. */
const ownProcess = /\bt\.snapshot\(|\btest\.(?:serial\.)?(?:before|after)Each\b|\bcoverThreads\(/;

/**
 * Writes an entry for each group of test files: AVA runs it in one process, and it loads the files.
 *
 * @param patterns - globs of the test files, in folders of `root`
 * @returns the test files that AVA runs instead
 */
export function writeEntries(root: string, patterns: readonly string[], exclude: readonly string[]): readonly string[] {
  const paths = globSync([...patterns], { cwd: root, exclude: [...exclude] }).map((path) => path.replaceAll(sep, '/'));
  const alone = paths.filter((path) => ownProcess.test(readFileSync(join(root, path), 'utf8')));
  const groups = groupFiles(
    paths.filter((path) => !alone.includes(path)),
    mostFiles,
  );
  const written = new Map(groups.map((group) => [`${entries}/${group.folder}.test.ts`, entryOf(group)]));
  for (const path of globSync(`${entries}/**/*.ts`, { cwd: root })) {
    if (!written.has(path.replaceAll(sep, '/'))) rmSync(join(root, path));
  }
  for (const [path, text] of written) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...written.keys(), ...alone];
}

function entryOf({ folder, files }: Group): string {
  const up = folder
    .split('/')
    .map(() => '..')
    .join('/');
  const titled = files.map((file) => {
    const title = file
      .slice(folder.length + 1)
      .replace(/\.test\.ts$/, '')
      .replaceAll('/', ' › ');
    return `  ${JSON.stringify(title)}: import.meta.resolve(${JSON.stringify(`${up}/${file}`)}),\n`;
  });
  return `import { runFiles } from '${up}/tools/test/shared-process/run-files.ts';\n\nawait runFiles({\n${titled.join('')}});\n`;
}
