import { hasCode } from '../../domain/errors.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { buildImage } from '../../engine/build-image.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScannableRuleset } from '../../engine/types.ts';
import type { ContentCache } from '../../ports/content-cache.ts';
import { loadRules } from '../../rules/load-rules.ts';
import { noMemo } from '../../rules/memo.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { isVendored } from '../../rules/vendored.ts';
import { describeFiles } from '../rulesets/build-distinct.ts';
import { createMemo } from '../rulesets/kept/create-memo.ts';
import { createKeptImages } from '../rulesets/kept/kept-images.ts';
import { loadProblems } from '../rulesets/load-problems.ts';
import { locateDiagnostics } from '../rulesets/locate-diagnostics.ts';
import { quarantineRules } from '../rulesets/quarantine-rules.ts';

export interface RulesForScan {
  /** Without `keepGoing` it has no image if there are `errors`. */
  readonly ruleset: ScannableRuleset;
  /**
   * The files that could not be loaded and, with `keepGoing`, the rules that do not compile. They are
   * not part of the ruleset.
   */
  readonly errors: readonly Diagnostic[];
  /** Public rules that do not compile. They are not part of the ruleset. */
  readonly leftOut: readonly LeftOutRule[];
  /**
   * Returns why the ruleset does not compile, file by file, without the files that could not be
   * loaded. Takes as long as compiling it.
   */
  explain(): Promise<readonly Diagnostic[]>;
}

/**
 * Loads any folder of rules for an ad-hoc scan: no house rules apply, only what the engine takes.
 * Public rules that do not compile are left out; the others have the severity and state that
 * `sources.yaml` gives them.
 * @param options.only loads only this file of the folder
 * @param options.cache remembers what the engine reports on each file, and the compiled rules. Default:
 *   everything is computed
 * @param options.keepGoing leaves out each rule that does not compile; without it, only public rules
 *   are compiled here
 * @throws RearviewError `ERR_CONFIG` where the folder cannot be read
 */
export async function loadForScan(
  rulesDir: string,
  {
    keepGoing,
    only,
    variables,
    cache = null,
  }: {
    readonly keepGoing: boolean;
    readonly only?: string | undefined;
    readonly variables?: readonly VariableDeclaration[] | undefined;
    readonly cache?: ContentCache | null;
  },
): Promise<RulesForScan> {
  const memo = cache === null ? noMemo : createMemo(cache);
  const check = (some: readonly RuleSource[]) => checkRules(some, { memo });
  const loaded = await loadRules(rulesDir, { only, variables, memo });
  const isForeign = keepGoing ? () => true : isVendored;
  const { errors } = await check(
    loaded.files.filter(({ namespace }) => isForeign(namespace)).map((file) => withVariables(file, file.variables)),
  );
  const { files, quarantined } = await quarantineRules(loaded.files, errors, { check, isForeign });
  const sources = describeFiles(files, loaded.sources, memo).map((file) => withVariables(file, file.variables));
  const problems = loadProblems(loaded);
  const loadErrors = problems.own.filter(({ severity }) => severity === 'error');
  const ruleset = { id: rulesetId(sources, engineInfo()), sources };
  const isUnused = loadErrors.length > 0 && !keepGoing;
  const unloaded = new Set(loadErrors.map(({ file }) => file));
  return {
    ruleset: cache === null || isUnused ? ruleset : await withKeptImage(ruleset, cache),
    errors: [...loadErrors, ...quarantined.filter((each) => !isVendored(each.namespace)).map(diagnosticOf)],
    leftOut: [...problems.leftOut, ...quarantined.filter((each) => isVendored(each.namespace))],
    explain: async () => {
      // A file that is not text takes minutes to compile.
      const loadable = sources.filter(({ namespace }) => !unloaded.has(namespace));
      return locateDiagnostics(files, (await checkRules(loadable)).errors);
    },
  };
}

/** Smaller rules compile in no time, UTF-16 code units. */
const worthKeeping = 256 * 1024;

/** The ruleset with its image, from the cache or compiled for it; without one if it does not compile. */
async function withKeptImage(ruleset: ScannableRuleset, cache: ContentCache): Promise<ScannableRuleset> {
  if (ruleset.sources.reduce((sum, { source }) => sum + source.length, 0) < worthKeeping) return ruleset;
  const images = createKeptImages(cache);
  const kept = images.of(ruleset);
  if (kept !== null) return { ...ruleset, image: kept };
  try {
    const image = await buildImage(ruleset.sources, { compression: 'fast' });
    if (image !== null) images.keep(null, ruleset, image);
    return { ...ruleset, image };
  } catch (error) {
    // The workers find the same, and its places are looked for there.
    if (hasCode(error, 'ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT')) return ruleset;
    throw error;
  } finally {
    cache.flush();
  }
}

function diagnosticOf({ code, reason, file, line, column }: LeftOutRule): Diagnostic {
  return { severity: 'error', code, message: reason, file, line, column };
}
