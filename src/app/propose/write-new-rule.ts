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
 * Refuses a name whose files exist, or are behind a link. Call it first: reading samples takes long.
 * @throws RearviewError `ERR_USAGE`
 */
export async function refuseExisting(folders: NewRuleFolders): Promise<void> {
  const { rulesDir, testsDir, namespace } = folders;
  for (const [folder, path] of [
    [rulesDir, join(rulesDir, namespace)],
    [testsDir, join(testsDir, `${namespace}${testFileSuffix}`)],
  ] as const) {
    if ((await lstat(path).catch(() => null)) !== null) throw exists(path);
    await refuseOutside(folder, path);
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
  const files = newFiles(folders, draft);
  // Before the first folder is made.
  for (const { folder, path } of files) await refuseOutside(folder, path);
  try {
    for (const { path, content } of files) {
      await mkdir(dirname(path), { recursive: true });
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

/**
 * Refuses a path whose folder is a link out of the rules or tests. Folders that do not exist yet are
 * made below the last one that does.
 */
async function refuseOutside(folder: string, path: string): Promise<void> {
  let existing = dirname(path);
  while (existing !== folder && (await lstat(existing).catch(() => null)) === null) existing = dirname(existing);
  const [root, real] = await Promise.all([folder, existing].map((each) => realpath(each).catch(() => null)));
  // Nothing is below a folder that does not exist, and a link to nowhere leads outside.
  if (existing === folder && (await lstat(folder).catch(() => null)) === null) return;
  if (typeof root === 'string' && typeof real === 'string' && isInside(root, join(real, 'x'))) return;
  throw new RearviewError('ERR_USAGE', `${path} is outside ${folder}, behind a link: choose another name.`);
}

function exists(path: string): RearviewError {
  return new RearviewError('ERR_USAGE', `${path} exists: choose another name, or add the rule to it by hand.`);
}
