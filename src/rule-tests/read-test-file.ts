import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readWithin } from '../files/read-within.ts';
import { maxYamlLength } from '../files/yaml/yaml-limits.ts';
import { parseTestFile, type RuleTestFile } from './spec.ts';

/**
 * Reads and parses a test file, which must be inside the tests folder.
 * @param path below the folder, with `/`
 * @throws RearviewError as `readWithin`; the system error if it cannot be read
 */
export async function readTestFile(testsDir: string, path: string): Promise<RuleTestFile> {
  const { bytes } = await readWithin(await realpath(testsDir), join(testsDir, path), { maxBytes: 4 * maxYamlLength });
  return parseTestFile(path, new TextDecoder().decode(bytes));
}
