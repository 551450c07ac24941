import { stat } from 'node:fs/promises';
import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { isInside } from '../../files/inside-folder.ts';
import { testFileSuffix } from '../../rule-tests/spec.ts';
import type { LoadedRules } from '../../rules/load-rules.ts';
import type { GlobalOptions } from '../context.ts';

type Folders = Pick<GlobalOptions, 'rulesDir' | 'testsDir'>;

/** A file or folder that a person named, to run its tests. */
export interface ChosenTests {
  /** The path as given. */
  readonly name: string;
  /**
   * The namespace of a rule file, or the folder of several without a slash at its end. Empty: all.
   */
  readonly below: string;
}

/**
 * Finds a named rule file, test file, or folder of either. A relative path is looked for in the
 * working folder, the rules folder and the tests folder; the first place that has it counts.
 * @throws RearviewError `ERR_USAGE` where none has it
 */
export async function chooseTests(name: string, cwd: string, { rulesDir, testsDir }: Folders): Promise<ChosenTests> {
  for (const folder of [cwd, rulesDir, testsDir]) {
    const place = path.resolve(folder, name);
    const below = belowFolders(place, { rulesDir, testsDir });
    if (below !== null && (await exists(place))) return { name, below };
  }
  throw new RearviewError(
    'ERR_USAGE',
    `There is no ${name} in ${rulesDir} or ${testsDir}: name a rule file, a test file or a folder of them, from there or from the working folder.`,
  );
}

/** True if the tests of a rule file were chosen. */
export function isChosen({ below }: ChosenTests, namespace: string): boolean {
  return below === '' || namespace === below || namespace.startsWith(`${below}/`);
}

/** @throws RearviewError `ERR_USAGE` where a choice has no rule file */
export function refuseEmptyChoices(choices: readonly ChosenTests[], { files, leftOut }: LoadedRules): void {
  const empty = choices.find((choice) => !files.some(({ namespace }) => isChosen(choice, namespace)));
  if (empty === undefined) return;
  const why = leftOut.find(({ file }) => file === empty.below)?.why;
  throw new RearviewError(
    'ERR_USAGE',
    why === undefined ? `There is no rule file for ${empty.name}.` : `${empty.name} is left out, because ${why}.`,
  );
}

function belowFolders(place: string, { rulesDir, testsDir }: Folders): string | null {
  const isTestFile = place.endsWith(testFileSuffix);
  if (isTestFile && isInside(testsDir, place)) return relative(testsDir, place.slice(0, -testFileSuffix.length));
  for (const folder of [rulesDir, testsDir])
    if (place === folder || isInside(folder, place)) return relative(folder, place);
  return null;
}

function relative(folder: string, place: string): string {
  return path.relative(folder, place).split(path.sep).join('/');
}

async function exists(place: string): Promise<boolean> {
  return (await stat(place).catch(() => null)) !== null;
}
