import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { locateDiagnostics } from '../rulesets/locate-diagnostics.ts';
import { type CheckSources, quarantineRules } from '../rulesets/quarantine-rules.ts';
import { type FoundRule, findRule } from './find-rule.ts';

/** A rule in a file that compiles, or why it does not compile. */
export type CompilableRule =
  | { readonly found: FoundRule<LoadedRuleFile> }
  | { readonly found: null; readonly errors: readonly Diagnostic[] };

/**
 * Finds the rule that a person named, in its file without the rules that do not compile.
 * @throws RearviewError as `findRule`
 */
export async function findCompilableRule(
  files: readonly LoadedRuleFile[],
  named: string,
  check: CheckSources,
): Promise<CompilableRule> {
  const found = findRule(files, named);
  const { errors } = await check([withVariables(found.file, found.file.variables)]);
  if (errors.length === 0) return { found };
  const isForeign = () => true;
  const { files: rest, quarantined } = await quarantineRules([found.file], errors, { check, isForeign });
  const own = quarantined.filter(({ rule }) => rule === found.rule.name);
  if (own.length === 0 && rest.length > 0) return { found: findRule(rest, named) };
  return {
    found: null,
    errors:
      own.length === 0
        ? locateDiagnostics([found.file], errors)
        : own.map(({ code, reason: message, file, line, column }) => ({
            ...{ severity: 'error', code, message, file, line, column },
          })),
  };
}
