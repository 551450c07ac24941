import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type CompileReport, checkSource } from '../../engine/compile.ts';

/**
 * Compiles each source separately in this thread, so a source that is wrong (or crashes the engine)
 * hides no problem of another.
 */
export function checkSources(sources: readonly RuleSource[]): CompileReport {
  const reports = sources.map((source) => checkSource(source));
  return { errors: reports.flatMap((each) => each.errors), warnings: reports.flatMap((each) => each.warnings) };
}
