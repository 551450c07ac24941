import { lstat, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { isInside } from '../../files/inside-folder.ts';
import { codeOf } from '../../files/system-error.ts';
import { isGreen } from '../../rule-tests/results.ts';
import { testFileSuffix } from '../../rule-tests/spec.ts';
import { prepareRules } from '../rulesets/prepare-rules.ts';
import type { DraftedRule } from './draft-rule.ts';

export interface NewRuleFolders {
  readonly rulesDir: string;
  readonly testsDir: string;
  /** Path of the rule file below the rules folder, with `/`. */
  readonly namespace: string;
}

interface NewFile {
  readonly folder: string;
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The files of a new rule, the rule last: a running `up` finds its tests. */
function newFiles({ rulesDir, testsDir, namespace }: NewRuleFolders, draft: DraftedRule): readonly NewFile[] {
  const tests = join(testsDir, dirname(namespace));
  const archive = draft.archive;
  return [
    ...(archive === null ? [] : [{ folder: testsDir, path: join(tests, archive.file), content: archive.bytes }]),
    { folder: testsDir, path: join(testsDir, `${namespace}${testFileSuffix}`), content: draft.testText },
    { folder: rulesDir, path: join(rulesDir, namespace), content: draft.ruleText },
  ];
}

/**
 * Refuses a name whose files exist. Call it first: reading samples takes long.
 * @throws RearviewError `ERR_USAGE`
 */
export async function refuseExisting(folders: NewRuleFolders): Promise<void> {
  const { rulesDir, testsDir, namespace } = folders;
  for (const path of [join(rulesDir, namespace), join(testsDir, `${namespace}${testFileSuffix}`)]) {
    if ((await lstat(path).catch(() => null)) !== null) throw exists(path);
  }
}

/**
 * Writes the files of a new rule after the pipeline has checked and tested them in a folder apart.
 * Nothing is overwritten; if a file cannot be written, those before it are removed.
 * @returns the paths of the written files, the rule first
 * @throws RearviewError `ERR_USAGE` if a file exists, or the rule has errors
 */
export async function writeNewRule(
  folders: NewRuleFolders,
  draft: DraftedRule,
  variables: readonly VariableDeclaration[],
): Promise<readonly string[]> {
  await proveDraft(folders.namespace, draft, variables);
  const written: string[] = [];
  try {
    for (const { folder, path, content } of newFiles(folders, draft)) {
      await mkdir(dirname(path), { recursive: true });
      await refuseOutside(folder, path);
      await writeFile(path, content, { flag: 'wx' });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    if (codeOf(error) === 'EEXIST' && error instanceof Error && 'path' in error) throw exists(String(error.path));
    throw error;
  }
  return written.toReversed();
}

async function proveDraft(namespace: string, draft: DraftedRule, variables: readonly VariableDeclaration[]) {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-new-'));
  const folders = { rulesDir: join(dir, 'rules'), testsDir: join(dir, 'tests'), namespace };
  try {
    for (const { path, content } of newFiles(folders, draft)) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    const { diagnostics, tests } = await prepareRules({ ...folders, variables });
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic);
    if (tests !== undefined && isGreen(tests) && errors.length === 0) return;
    const failures = (tests?.files ?? []).flatMap((file) =>
      file.tests.flatMap(({ name, failure }) =>
        failure === undefined ? [] : [`The test "${name}" fails: ${failure.error ?? 'the rule does not match it'}`],
      ),
    );
    throw new RearviewError('ERR_USAGE', [
      'Nothing was written, because the rule would not pass:',
      ...errors,
      ...failures,
    ]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A folder of the repository may be a link. */
async function refuseOutside(folder: string, path: string): Promise<void> {
  if (isInside(await realpath(folder), await realpath(dirname(path)).then((real) => join(real, 'x')))) return;
  throw new RearviewError('ERR_USAGE', `${path} is outside ${folder}, behind a link: choose another name.`);
}

function exists(path: string): RearviewError {
  return new RearviewError('ERR_USAGE', `${path} exists: choose another name, or add the rule to it by hand.`);
}
