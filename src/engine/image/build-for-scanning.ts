import type { Rules } from '@virustotal/yara-x';
import { hasCode } from '../../domain/errors.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { suppressWarnings } from '../../rules/lint/suppress/suppress-warnings.ts';
import { buildRules } from '../compiled-rules.ts';
import { parseDiagnostic } from '../diagnostics/parse-diagnostic.ts';
import type { Remedies } from '../remedies.ts';
import { type Engine, release, startEngine } from '../yara.ts';

/** The warnings of YARA-X 1.20 that depend only on sources (`lib/src/compiler/warnings.rs`). */
const knownWarnings: readonly string[] = [
  'ambiguous_expr',
  'bool_int_comparison',
  'consecutive_jumps',
  'deprecated_field',
  'duplicate_import',
  'duplicate_pattern_value',
  'global_rule_misuse',
  'invariant_expr',
  'non_bool_expr',
  'potentially_slow_loop',
  'redundant_modifier',
  'slow_pattern',
  'text_as_hex',
  'too_many_iterations',
  'unsatisfiable_expr',
];

export interface BuiltForScanning {
  /** Holds these rules and nothing else. */
  readonly engine: Engine;
  readonly rules: Rules;
}

/**
 * Compiles rules in a separate instance, from a copy of the sources in which warnings are
 * suppressed. Otherwise, the engine would write the warnings at every scan. Rules and their offsets
 * are the same.
 * @throws RearviewError `ERR_RULES_INVALID` for the original sources; a trap is passed on unchanged
 */
export function buildForScanning(
  sources: readonly RuleSource[],
  module: WebAssembly.Module,
  remedies: Remedies,
): BuiltForScanning {
  try {
    const first = build(withoutWarnings(sources, knownWarnings), module);
    const left = first.rules.warnings;
    if (left.length === 0) return first;
    release(first.engine, first.rules);
    const codes = left.map((text) => parseDiagnostic(text, '', 'warning').code);
    const second = build(withoutWarnings(sources, [...knownWarnings, ...codes]), module);
    const stubborn = second.rules.warnings.length;
    if (stubborn > 0)
      remedies.off('warnings', `${stubborn} warnings cannot be suppressed (${[...new Set(codes)].join(', ')})`);
    return second;
  } catch (error) {
    if (!hasCode(error, 'ERR_RULES_INVALID')) throw error;
    // The copy has other line numbers, and a problem in the copy is not a problem of the rules.
    const plain = build(sources, module);
    remedies.off('warnings', 'the copy in which they are suppressed does not compile');
    return plain;
  }
}

function build(sources: readonly RuleSource[], module: WebAssembly.Module): BuiltForScanning {
  const engine = startEngine(module);
  return { engine, rules: buildRules(engine, sources) };
}

function withoutWarnings(sources: readonly RuleSource[], codes: readonly string[]): RuleSource[] {
  return sources.map((each) => ({ ...each, source: suppressWarnings(each.source, codes) }));
}
