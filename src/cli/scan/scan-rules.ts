import path from 'node:path';
import { loadForScan } from '../../app/files/load-for-scan.ts';
import { activeRuleset } from '../../app/rulesets/active-ruleset.ts';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { ScannableRuleset, ScanPool } from '../../engine/types.ts';
import { imageRefused } from '../../targets/image-refused.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { declaredVariables, withDefined } from '../flags/declared-variables.ts';
import { rulesLocation } from '../flags/rules-location.ts';
import { diagnosticLine, printDiagnostics } from '../output/diagnostics.ts';
import { leftOutLine, noRules } from '../output/left-out-lines.ts';
import { painter, plural, printLine, safeText } from '../output/output.ts';
import { printProblems } from '../output/print-problems.ts';
import { openUserCache } from '../wiring/prepare-with-cache.ts';
import { withTarget } from '../wiring/with-target.ts';
import { distrustedFile, readRulesetFile } from './read-ruleset-file.ts';

interface Rules {
  readonly ruleset: ScannableRuleset;
  /** Folders of the rules, for messages. */
  readonly folders: Folders;
  /** Explains why it does not compile, if its sources are available. */
  readonly explain?: () => Promise<readonly Diagnostic[]>;
}

type Folders = Pick<GlobalOptions, 'rulesDir' | 'testsDir'>;

interface RulesOptions {
  readonly ruleset?: string | undefined;
  /** `null` where the command has no such flag. */
  readonly keepGoing: boolean | null;
  /** Uses the image of `ruleset`, even if unsigned. */
  readonly trustImage: boolean;
  /** Values of variables by name; they also declare variables. */
  readonly defined: ReadonlyMap<string, string>;
}

/**
 * Loads the rules of a scan into the pool. Prints errors and returns null if the scan must not
 * begin because of them.
 * @throws RearviewError `ERR_CONFIG`, `ERR_RULESET_UNUSABLE`, `ERR_RULES_INVALID` where no rule is
 * left, `ERR_RULES_TIMEOUT`
 */
export async function warmUp(
  pool: ScanPool,
  context: CliContext,
  globals: GlobalOptions,
  options: RulesOptions,
): Promise<ScannableRuleset | null> {
  const rules = await findRules(context, globals, options);
  if (rules === null) return null;
  try {
    await pool.warm(rules.ruleset);
    return rules.ruleset;
  } catch (error) {
    const isOfRules = hasCode(error, 'ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT');
    const errors = isOfRules ? ((await rules.explain?.()) ?? []) : [];
    // The errors of single files are easier to act on than the error of the whole.
    if (errors.length === 0) throw error;
    await refuse(context, rules.folders, errors, options);
    return null;
  }
}

async function findRules(context: CliContext, globals: GlobalOptions, options: RulesOptions): Promise<Rules | null> {
  if (options.ruleset !== undefined) {
    if (globals.isRulesDirGiven) {
      throw new RearviewError('ERR_USAGE', '--rules and --ruleset cannot be combined: use one of them.');
    }
    const file = path.resolve(context.cwd, options.ruleset);
    const loaded = await readRulesetFile(globals, '--ruleset', file, options);
    const { ruleset, imageDamage } = loaded;
    if (imageDamage !== null) await printLine(context.stderr, safeText(imageRefused(ruleset.id, imageDamage)));
    const doubt = distrustedFile('--ruleset', options.ruleset, loaded);
    if (doubt !== null) await printLine(context.stderr, safeText(doubt));
    return { ruleset, folders: globals };
  }
  if (globals.target === 'aws' && !globals.isRulesDirGiven) {
    return { ruleset: await loadActiveRuleset(context, globals), folders: globals };
  }
  const { rulesDir, only } = await rulesLocation(globals.rulesDir);
  const folders: Folders = { rulesDir, testsDir: globals.testsDir };
  const cache = openUserCache(context.env);
  const { ruleset, errors, leftOut, explain } = await loadForScan(rulesDir, {
    ...{ keepGoing: options.keepGoing === true, only, cache },
    variables: withDefined(await declaredVariables(context), options.defined),
  }).finally(() => cache?.close());
  if (errors.length > 0 && options.keepGoing !== true) {
    await refuse(context, folders, [...errors, ...(await explain())], options);
    return null;
  }
  const summary = leftOutLine(leftOut);
  if (summary !== null) await printLine(context.stderr, summary);
  const paint = painter(context, 'stderr');
  for (const [first, others] of byFile(errors)) {
    const more = others === 0 ? '' : ` (and ${others} more)`;
    await printLine(context.stderr, `${diagnosticLine(first, context, folders, paint)}${more}`);
  }
  if (ruleset.sources.length === 0) {
    if (errors.length === 0) throw new RearviewError('ERR_CONFIG', noRules(globals.rulesDir, leftOut));
    throw new RearviewError('ERR_RULES_INVALID', `No rule file below ${globals.rulesDir} compiles.`);
  }
  return { ruleset, folders, explain };
}

/** @throws RearviewError `ERR_NOT_FOUND` if no ruleset is active */
async function loadActiveRuleset(context: CliContext, globals: GlobalOptions): Promise<ScannableRuleset> {
  const use = async ({ library }: Target) => {
    const current = await activeRuleset(library, { or: 'name rules with --rules or --ruleset' });
    await printLine(
      context.stderr,
      `Scanning with the active ruleset: number ${current.sequence}, ${current.rulesetId}`,
    );
    return library.get(current.rulesetId);
  };
  return withTarget(globals, use, { observe: printProblems(context) });
}

async function refuse(
  context: CliContext,
  folders: Folders,
  errors: readonly Diagnostic[],
  { keepGoing }: Pick<RulesOptions, 'keepGoing'>,
): Promise<void> {
  await printDiagnostics(context, 'stderr', folders, errors, painter(context, 'stderr'));
  const way = keepGoing === null ? '' : ' --keep-going scans with the rules that compile.';
  await printLine(context.stderr, `Nothing was scanned: ${plural(errors.length, 'error')} in the rules.${way}`);
}

/** The first error of each file, and how many others it has. */
function byFile(errors: readonly Diagnostic[]): readonly (readonly [Diagnostic, number])[] {
  const files = Map.groupBy(errors, ({ file }) => file);
  return [...files.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, others.length] as const],
  );
}
