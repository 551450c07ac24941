import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { reasonOf } from '../../files/system-error.ts';
import { readTestFile } from '../../rule-tests/read-test-file.ts';
import { type RuleTestFile, testFileSuffix } from '../../rule-tests/spec.ts';

/**
 * Reads the test files of a folder, by path. A missing folder has none. A file that cannot be read
 * has its problem and no tests.
 */
export async function readTestFiles(
  testsDir: string,
): Promise<{ readonly files: readonly RuleTestFile[]; readonly problems: readonly Diagnostic[] }> {
  const { paths, problems } = await findTestFiles(testsDir);
  return { files: await Promise.all(paths.map((path) => testFileAt(testsDir, path))), problems };
}

async function testFileAt(testsDir: string, path: string): Promise<RuleTestFile> {
  try {
    return await readTestFile(testsDir, path);
  } catch (error) {
    const problem = problemOf(path, 'test/unreadable', `The test file cannot be read: ${reasonOf(error)}.`);
    return { path, namespace: path.slice(0, -testFileSuffix.length), tests: [], problems: [problem] };
  }
}

async function findTestFiles(testsDir: string): Promise<{ paths: string[]; problems: Diagnostic[] }> {
  const entries = await readdir(testsDir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(testsDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const misnamed = names.filter((name) => name.endsWith('.test.yml'));
  return {
    paths: names.filter((name) => name.endsWith(testFileSuffix)),
    problems: misnamed.map((name) => problemOf(name, 'test/name', `Name it with ${testFileSuffix}, or it is not run.`)),
  };
}

/** An error of a test file as a whole. */
export function problemOf(file: string, code: string, message: string): Diagnostic {
  return { severity: 'error', code, message, file, line: 0, column: 0 };
}
