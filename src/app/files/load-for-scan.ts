import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { checkRules, compilableSources } from '../../engine/diagnostics/check-rules.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScannableRuleset } from '../../engine/types.ts';
import { loadRules } from '../../rules/load-rules.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { locateDiagnostics } from '../rulesets/locate-diagnostics.ts';

export interface RulesForScan {
  readonly ruleset: ScannableRuleset;
  /**
   * The files that could not be loaded and, with `keepGoing`, the rules that do not compile. They are
   * not part of the ruleset.
   */
  readonly errors: readonly Diagnostic[];
  /** Returns why the ruleset does not compile, file by file. Takes as long as compiling it. */
  explain(): Promise<readonly Diagnostic[]>;
}

/**
 * Loads any folder of rules for an ad-hoc scan: no house rules apply, only what the engine takes.
 * @param options.only loads only this file of the folder
 * @param options.keepGoing leaves out what does not compile; without it, nothing is compiled here
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
  const { files, problems } = await loadRules(rulesDir, { only, variables });
  const loadErrors = problems.filter(({ severity }) => severity === 'error');
  const wanted = files.map((file) => withVariables(file, file.variables));
  const { sources, failed } = keepGoing ? await compilableSources(wanted) : { sources: wanted, failed: [] };
  return {
    ruleset: { id: rulesetId(sources, engineInfo()), sources },
    errors: [...loadErrors, ...locateDiagnostics(files, failed)],
    explain: async () => locateDiagnostics(files, (await checkRules(sources)).errors),
  };
}
