import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { groupDiagnostics, maxListed } from '../output/group-diagnostics.ts';

/**
 * Returns a function that picks the warnings to print after each save: those that were not printed
 * before. Many of one code are one line, and so are several of one rule.
 */
export function createNewWarnings(): (warnings: readonly Diagnostic[]) => readonly Diagnostic[] {
  const printed = new Set<string>();
  return (warnings) => {
    const fresh = warnings.filter((each) => {
      // Not by line: it changes with each edit above.
      const key = JSON.stringify([each.file, each.code, each.message]);
      const isNew = !printed.has(key);
      printed.add(key);
      return isNew;
    });
    const byCode = Map.groupBy(fresh, ({ code }) => code);
    const isMany = ({ code }: Diagnostic) => (byCode.get(code)?.length ?? 0) > maxListed;
    const grouped = groupDiagnostics(fresh.filter(isMany)).shown;
    return [...grouped, ...byRule(fresh.filter((each) => !isMany(each)))];
  };
}

function byRule(warnings: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = Map.groupBy(warnings, (each) =>
    JSON.stringify(each.rule === undefined ? [each] : [each.file, each.rule]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const codes = [...new Set(group.map(({ code }) => code))].join(', ');
    return [{ ...first, code: codes, message: `${first.rule} has ${group.length} warnings` }];
  });
}
