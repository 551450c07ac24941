import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readWithin } from '../../files/read-within.ts';
import { parseTestFile, type RuleTestFile } from './spec.ts';

/** Most bytes of a test file: samples of more than a few kilobytes have files of their own. */
const maxTestFileBytes = 16 * 1024 ** 2;

/**
 * Reads and parses a test file, which must not lead out of the tests folder.
 * @param path below the folder, with `/`
 * @throws RearviewError as `readWithin`; the system error where it cannot be read
 */
export async function readTestFile(testsDir: string, path: string): Promise<RuleTestFile> {
  const { bytes } = await readWithin(await realpath(testsDir), join(testsDir, path), { maxBytes: maxTestFileBytes });
  return parseTestFile(path, new TextDecoder().decode(bytes));
}
