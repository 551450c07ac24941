import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { formatCount, plural } from './output.ts';

/** Warnings of one code that are listed one by one. */
export const maxListed = 5;

/** Diagnostics to print, and how many of them are not printed themselves. */
export interface GroupedDiagnostics {
  readonly shown: readonly Diagnostic[];
  readonly omitted: number;
}

/**
 * Replaces the warnings of a code by one, at the position of the first, if there are more than
 * five. Errors are never grouped.
 */
export function groupDiagnostics(diagnostics: readonly Diagnostic[]): GroupedDiagnostics {
  const groups = Map.groupBy(
    diagnostics.filter(({ severity }) => severity === 'warning'),
    ({ code }) => code,
  );
  const shown = diagnostics.flatMap((each): readonly Diagnostic[] => {
    const group = each.severity === 'warning' ? (groups.get(each.code) ?? []) : [];
    if (group.length <= maxListed) return [each];
    return group[0] === each ? [{ ...each, message: `${sizeOf(group)}; the first: ${each.message}` }] : [];
  });
  return { shown, omitted: diagnostics.length - shown.length };
}

/** `1,204 rules in 274 files`, or `1,300 warnings, 1,204 rules in 274 files`. */
function sizeOf(group: readonly Diagnostic[]): string {
  const files = new Set(group.map(({ file }) => file)).size;
  const rules = new Set(group.map(({ file, rule }) => (rule === undefined ? '' : JSON.stringify([file, rule]))));
  const places = rules.has('') ? plural(files, 'file') : `${plural(rules.size, 'rule')} in ${plural(files, 'file')}`;
  return rules.has('') || rules.size < group.length ? `${formatCount(group.length)} warnings, ${places}` : places;
}
