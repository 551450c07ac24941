import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { type Diagnostic, formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import { runGit } from '../../files/git/run-git.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { defaultConfigFile, parseDeclaredVariables } from '../flags/review-config.ts';
import { painter, printLine, safeText } from '../output/output.ts';
import { prepareWithCache } from '../wiring/prepare-with-cache.ts';
import { extractGitFolder } from './extract-git-folder.ts';

/** Prefix of a base that is a revision. */
export const gitPrefix = 'git:';

/**
 * The ruleset of the rules folder in a revision of its repository; without rules if the revision
 * does not have the folder. The working tree and the index are neither used nor changed.
 * @param revision whatever git takes for a commit: `HEAD^1`, `main`, a hash
 * @returns null if it does not compile; diagnostics of `git:<revision>:<path>` are printed
 * @throws RearviewError `ERR_USAGE` where the folder is in no repository, or the repository lacks
 * the revision
 */
export async function gitBaseRuleset(
  context: CliContext,
  { rulesDir }: Pick<GlobalOptions, 'rulesDir'>,
  revision: string,
  config?: string,
): Promise<Ruleset | null> {
  return withRulesAt(context, { rulesDir, revision, config }, async ({ copy, prefix, variables }) => {
    const { ruleset, diagnostics } = await prepareWithCache(context, { rulesDir: copy, variables, lint: false });
    if (ruleset !== null) return ruleset;
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    for (const each of errors) await printLine(context.stderr, errorLine(context, each, copy, prefix));
    return null;
  });
}

/**
 * The diagnostics of the rules folder in a revision, without those of its baseline.
 * @throws RearviewError as `gitBaseRuleset`
 */
export async function gitBaseDiagnostics(
  context: CliContext,
  { rulesDir }: Pick<GlobalOptions, 'rulesDir'>,
  revision: string,
): Promise<readonly Diagnostic[]> {
  return withRulesAt(context, { rulesDir, revision, config: undefined }, async ({ copy, variables }) => {
    return (await prepareWithCache(context, { rulesDir: copy, variables })).diagnostics;
  });
}

/** Uses a copy of the rules folder of a revision, and the variables that the revision declares. */
async function withRulesAt<Result>(
  context: CliContext,
  given: { readonly rulesDir: string; readonly revision: string; readonly config: string | undefined },
  use: (rules: {
    readonly copy: string;
    /** Begins the names of its files in messages. */
    readonly prefix: string;
    readonly variables: readonly VariableDeclaration[];
  }) => Promise<Result>,
): Promise<Result> {
  const { revision } = given;
  const { cwd, folder } = await findInRepository(context, given.rulesDir);
  const commit = await findCommit(context, cwd, revision);
  const label = `${gitPrefix}${revision}:${folder}`;
  const copy = await realpath(await mkdtemp(path.join(tmpdir(), 'rearview-base-')));
  try {
    await extractGitFolder(context, { cwd, commit, path: folder, label }, copy);
    const variables = await variablesAt(context, revision, given.config);
    return await use({ copy, prefix: folder === '' ? label : `${label}/`, variables });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/**
 * The variables that the configuration declares in that revision: none where it has no such file.
 */
async function variablesAt(
  context: CliContext,
  revision: string,
  config = defaultConfigFile,
): Promise<readonly VariableDeclaration[]> {
  const file = path.resolve(context.cwd, config);
  const cwd = path.dirname(file);
  const blob = `${revision}:./${path.basename(file)}`;
  const { code, stdout } = await runGit(context, cwd, ['cat-file', 'blob', blob]);
  return parseDeclaredVariables(`${gitPrefix}${blob}`, code === 0 ? stdout.toString() : '');
}

/**
 * Path of a folder, which may no longer exist, from the top of its repository. It has `/` as
 * separator and none at its end.
 */
async function findInRepository(
  context: CliContext,
  rulesDir: string,
): Promise<{ readonly cwd: string; readonly folder: string }> {
  let there = rulesDir;
  while (!existsSync(there) && path.dirname(there) !== there) there = path.dirname(there);
  const cwd = await realpath(there);
  const below = path.relative(there, rulesDir).split(path.sep).join('/');
  const { code, stdout, complaint } = await runGit(context, cwd, ['rev-parse', '--show-prefix']);
  if (code !== 0) {
    const why = complaint === '' ? '' : ` (${complaint})`;
    throw new RearviewError(
      'ERR_USAGE',
      `--base: ${rulesDir} is not in a readable Git repository${why}. Use a rules folder or a built ruleset.`,
    );
  }
  // All but the line end that git adds: a folder's name may end in one.
  const prefix = stdout.toString().replace(/\n$/, '');
  return { cwd, folder: `${prefix}${below}`.replace(/\/$/, '') };
}

async function findCommit(context: CliContext, cwd: string, revision: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  // No argument of a program may hold NUL.
  const run = revision.includes('\0') ? null : await runGit(context, cwd, args);
  const commit = run?.stdout.toString().trim() ?? '';
  if (run?.code === 0 && /^[0-9a-f]{40,64}$/.test(commit)) return commit;
  throw new RearviewError(
    'ERR_USAGE',
    `--base: the repository of ${cwd} has no commit ${safeJson(revision)}. Check the name; in a shallow clone, fetch it: git fetch --deepen=1 (in GitHub Actions: fetch-depth: 2 of actions/checkout).`,
  );
}

/** The copy is gone when the line is read: neither the place nor the message may name it. */
function errorLine(context: CliContext, diagnostic: Diagnostic, copy: string, prefix: string): string {
  const message = diagnostic.message.replaceAll(`${copy}${path.sep}`, prefix).replaceAll(copy, prefix);
  const line = safeText(formatDiagnostic({ ...diagnostic, message, file: `${prefix}${diagnostic.file}` }));
  return line.replace(' error: ', ` ${painter(context, 'stderr')('red', 'error')}: `);
}
