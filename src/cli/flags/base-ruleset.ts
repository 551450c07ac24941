import { statSync } from 'node:fs';
import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { gitBaseRuleset, gitPrefix } from '../git/git-base.ts';
import { printDiagnostics } from '../output/diagnostics.ts';
import { painter, printLine, safeText } from '../output/output.ts';
import { printProblems } from '../output/print-problems.ts';
import { distrustedFile, readRulesetFile } from '../scan/read-ruleset-file.ts';
import { prepareWithCache } from '../wiring/prepare-with-cache.ts';
import { hasTarget } from '../wiring/state-folder.ts';
import { withExistingTarget } from '../wiring/with-target.ts';
import { declaredVariables } from './declared-variables.ts';

/** The flag for the rules to compare with. */
export const baseFlag = [
  '--base <base>',
  'Rules to compare with: a rules folder, a built ruleset, "published" (the active ruleset) or "git:<revision>". Default: published.',
] as const;

/**
 * The ruleset that a change is compared with. Null if no ruleset is published, or if the base does
 * not compile, which is printed. Then all rules count as new, so a change that fixes them is
 * checked completely.
 * @param base value of the flag
 */
export async function baseRuleset(
  context: CliContext,
  globals: GlobalOptions,
  base: string,
  config?: string,
): Promise<Ruleset | null> {
  if (base === 'published') return publishedRuleset(context, globals);
  const found = base.startsWith(gitPrefix)
    ? await gitBaseRuleset(context, globals, base.slice(gitPrefix.length), config)
    : await baseAt(context, globals, base, config);
  if (found === null) {
    await printLine(context.stderr, safeText(`--base: ${base} does not compile: all rules count as new.`));
  }
  return found;
}

async function publishedRuleset(context: CliContext, globals: GlobalOptions): Promise<Ruleset | null> {
  if (!hasTarget(globals)) return null;
  const use = async ({ library }: Target) => {
    const current = await library.current();
    return current === null ? null : library.get(current.rulesetId);
  };
  return withExistingTarget(globals, use, { observe: printProblems(context) });
}

async function baseAt(
  context: CliContext,
  globals: GlobalOptions,
  base: string,
  config: string | undefined,
): Promise<Ruleset | null> {
  const location = path.resolve(context.cwd, base);
  const stats = statSync(location, { throwIfNoEntry: false });
  if (stats === undefined) throw new RearviewError('ERR_USAGE', `--base: ${base} does not exist.`);
  if (!stats.isDirectory()) return readRulesOf(context, globals, '--base', location);
  return headRuleset(context, { ...globals, rulesDir: location }, config);
}

/** The rules of a built ruleset that a flag names; its image is not needed. */
export async function readRulesOf(
  { stderr }: CliContext,
  globals: GlobalOptions,
  flag: string,
  path: string,
): Promise<Ruleset> {
  const loaded = await readRulesetFile(globals, flag, path);
  const doubt = distrustedFile(flag, path, loaded, ['manifest']);
  if (doubt !== null) await printLine(stderr, safeText(doubt));
  return loaded.ruleset;
}

/**
 * The ruleset that the rules folder makes; null where it does not compile, which has been printed.
 * @param config file with the variables, as `--config` has it
 */
export async function headRuleset(
  context: CliContext,
  globals: GlobalOptions,
  config?: string,
): Promise<Ruleset | null> {
  const variables = await declaredVariables(context, config);
  const { ruleset, diagnostics } = await prepareWithCache(context, {
    rulesDir: globals.rulesDir,
    variables,
    lint: false,
  });
  if (ruleset === null) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    await printDiagnostics(context, 'stderr', globals, errors, painter(context, 'stderr'));
  }
  return ruleset;
}
