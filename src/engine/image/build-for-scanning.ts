import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { buildRules } from '../build-rules.ts';
import type { Rules } from '../module/objects.ts';
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
