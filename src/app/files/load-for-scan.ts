import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScannableRuleset } from '../../engine/types.ts';
import { loadRules } from '../../rules/load-rules.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { isVendored } from '../../rules/vendored.ts';
import { describeFiles } from '../rulesets/build-distinct.ts';
import { loadProblems } from '../rulesets/load-problems.ts';
import { locateDiagnostics } from '../rulesets/locate-diagnostics.ts';
import { quarantineRules } from '../rulesets/quarantine-rules.ts';

export interface RulesForScan {
  readonly ruleset: ScannableRuleset;
  /**
   * The files that could not be loaded and, with `keepGoing`, the rules that do not compile. They are
   * not part of the ruleset.
   */
  readonly errors: readonly Diagnostic[];
  /** Public rules that do not compile. They are not part of the ruleset. */
  readonly leftOut: readonly LeftOutRule[];
  /** Returns why the ruleset does not compile, file by file. Takes as long as compiling it. */
  explain(): Promise<readonly Diagnostic[]>;
}

/**
 * Loads any folder of rules for an ad-hoc scan: no house rules apply, only what the engine takes.
 * Public rules that do not compile are left out; the others have the severity and state that
 * `sources.yaml` gives them.
 * @param options.only loads only this file of the folder
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
  }: {
    readonly keepGoing: boolean;
    readonly only?: string | undefined;
    readonly variables?: readonly VariableDeclaration[] | undefined;
  },
): Promise<RulesForScan> {
  const loaded = await loadRules(rulesDir, { only, variables });
  const isForeign = keepGoing ? () => true : isVendored;
  const { errors } = await checkRules(
    loaded.files.filter(({ namespace }) => isForeign(namespace)).map((file) => withVariables(file, file.variables)),
  );
  const { files, quarantined } = await quarantineRules(loaded.files, errors, { check: checkRules, isForeign });
  const sources = describeFiles(files, loaded.sources).map((file) => withVariables(file, file.variables));
  const problems = loadProblems(loaded);
  const loadErrors = problems.own.filter(({ severity }) => severity === 'error');
  return {
    ruleset: { id: rulesetId(sources, engineInfo()), sources },
    errors: [...loadErrors, ...quarantined.filter((each) => !isVendored(each.namespace)).map(diagnosticOf)],
    leftOut: [...problems.leftOut, ...quarantined.filter((each) => isVendored(each.namespace))],
    explain: async () => locateDiagnostics(files, (await checkRules(sources)).errors),
  };
}

function diagnosticOf({ code, reason, file, line, column }: LeftOutRule): Diagnostic {
  return { severity: 'error', code, message: reason, file, line, column };
}
