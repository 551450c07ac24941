import { createHash } from 'node:crypto';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { RuleSource } from '../domain/rule.ts';
import { checkSources, compilableSources } from '../engine/compile.ts';
import type { ScannableRuleset } from '../engine/types.ts';
import { engineInfo } from '../engine/yara.ts';
import { loadRules } from '../rules/load-rules.ts';
import { locateDiagnostics } from './locate-diagnostics.ts';

export interface RulesForScan {
  readonly ruleset: ScannableRuleset;
  /** Errors, located in the files that people wrote. With `keepGoing` these files are not part of the ruleset. */
  readonly errors: readonly Diagnostic[];
}

/**
 * Loads any folder of rules for an ad-hoc scan: no house rules apply, only what the engine takes.
 * @param options.keepGoing leaves out what does not compile
 */
export async function loadForScan(
  rulesDir: string,
  { keepGoing }: { readonly keepGoing: boolean },
): Promise<RulesForScan> {
  const { files, problems } = await loadRules(rulesDir);
  const loadErrors = problems.filter(({ severity }) => severity === 'error');
  const wanted = files.map(({ namespace, source }): RuleSource => ({ namespace, source }));
  const { sources, failed } = keepGoing
    ? compilableSources(wanted)
    : { sources: wanted, failed: checkSources(wanted).errors };
  return { ruleset: scannable(sources), errors: [...loadErrors, ...locateDiagnostics(files, failed)] };
}

function scannable(sources: readonly RuleSource[]): ScannableRuleset {
  const identity = JSON.stringify([engineInfo(), sources.map(({ namespace, source }) => [namespace, source])]);
  return { id: createHash('sha256').update(identity).digest('hex'), sources };
}
