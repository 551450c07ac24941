import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { readWithin } from '../../files/read-within.ts';
import { maxYamlLength } from '../../files/yaml/yaml-limits.ts';
import { parseYaml } from '../../files/yaml/yaml-places.ts';
import { type ChangedExpectation, editExpectations } from '../../rule-tests/edit-expectations.ts';
import { goldenTest } from '../../rule-tests/golden-matches.ts';
import { testFileSuffix } from '../../rule-tests/spec.ts';
import { specSchema } from '../../rule-tests/spec-schema.ts';

/** The matches of the rules in the sample of a test. */
export interface ScannedTest {
  /** Path of the test file below the tests folder. */
  readonly path: string;
  readonly name: string;
  readonly matches: readonly RuleMatch[];
}

/** A test that was updated, or that was left as it is although it fails. */
export interface UpdatedTest {
  readonly path: string;
  readonly name: string;
  /** In words; empty if it was refused. */
  readonly changes: readonly string[];
  /** Why it was not updated; null if it was. */
  readonly refused: string | null;
}

/**
 * Writes what the rules match now into their tests: see `goldenTest`. Each file is replaced as a
 * whole or not at all.
 * @returns the tests that changed or were refused, in the order of their files
 * @throws RearviewError `ERR_STATE` if a file cannot be changed, or is no longer what was tested
 */
export async function updateTests(testsDir: string, scanned: readonly ScannedTest[]): Promise<readonly UpdatedTest[]> {
  const results: UpdatedTest[] = [];
  for (const [path, tests] of [...Map.groupBy(scanned, (each) => each.path)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = await readWithin(await realpath(testsDir), join(testsDir, path), { maxBytes: 4 * maxYamlLength });
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes);
    const { updated, edited } = updateFile(path, text, tests);
    results.push(...updated);
    if (edited !== text) await replaceFile(read.path, edited);
  }
  return results;
}

function updateFile(path: string, text: string, tests: readonly ScannedTest[]) {
  const parsed = specSchema.safeParse(parseYaml(path, text).value);
  if (!parsed.success) throw new RearviewError('ERR_STATE', `${path} changed while its tests ran: run them again.`);
  const namespace = path.slice(0, -testFileSuffix.length);
  const updated: UpdatedTest[] = [];
  const changes: ChangedExpectation[] = [];
  for (const [index, spec] of parsed.data.tests.entries()) {
    // Two tests of one name are an error of the file, and cannot be told apart here.
    const [scanned, twin] = tests.filter(({ name }) => name === spec.name);
    if (scanned === undefined || twin !== undefined) continue;
    const golden = goldenTest(spec, namespace, scanned.matches);
    if (golden.status === 'unchanged') continue;
    const about = { path, name: spec.name };
    if (golden.status === 'refused') updated.push({ ...about, changes: [], refused: golden.reason });
    else {
      updated.push({ ...about, changes: golden.changes, refused: null });
      changes.push({ index, spec: golden.spec });
    }
  }
  return { updated, edited: changes.length === 0 ? text : editExpectations(path, text, changes) };
}

/** @param path absolute, without symbolic links */
async function replaceFile(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const fresh = join(dirname(path), `.rearview-${process.pid}.tmp`);
  try {
    await writeFile(fresh, text, { flag: 'wx', mode: mode & 0o777 });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
