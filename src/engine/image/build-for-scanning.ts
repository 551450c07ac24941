import { type ExternalName, externalNames } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { tokenize } from '../../rules/syntax/lexer.ts';
import type { Rules } from '../module/objects.ts';
import { buildRules } from '../compiled-rules.ts';
import { type Engine, startEngine } from '../yara.ts';

export interface BuiltForScanning {
  /** Holds these rules and nothing else. */
  readonly engine: Engine;
  readonly rules: Rules;
}

/**
 * Compiles rules in a separate instance.
 * @throws RearviewError `ERR_RULES_INVALID`; a trap is passed on unchanged
 */
export function buildForScanning(
  sources: readonly RuleSource[],
  module: WebAssembly.Module,
  maxMemoryBytes?: number,
): BuiltForScanning {
  const engine = startEngine(module, maxMemoryBytes);
  return { engine, rules: buildRules(engine, sources) };
}

/** The variables that the rules use, or seem to use: a module field with the same name counts. */
export function usedExternals(sources: readonly RuleSource[]): ExternalName[] {
  const named = new Set<string>();
  for (const { source } of sources) {
    for (const { kind, text } of tokenize(source)) if (kind === 'identifier') named.add(text);
  }
  return externalNames.filter((name) => named.has(name));
}
