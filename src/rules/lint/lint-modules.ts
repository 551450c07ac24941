import { isFreeName } from '../syntax/references.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { LintProblem } from './lint-meta.ts';

const withoutData = (module: string, why: string) =>
  [
    module,
    (rule: string): LintProblem => ({
      severity: 'warning',
      code: 'no-data',
      message: `${rule} uses the module ${module}, which has no data in Rearview: ${why}`,
    }),
  ] as const;

/** Diagnostics for a rule that uses a module, by the module's name. */
const problemOf = new Map<string, (rule: string) => LintProblem>([
  [
    'time',
    (rule) => ({
      severity: 'error',
      code: 'time',
      message: `${rule} uses the current time: its matches would change without a change of the rule, after its tests, gates and preview passed. Files that were scanned are not scanned again. Compare with a date in the file instead`,
    }),
  ],
  [
    'console',
    (rule) => ({
      severity: 'warning',
      code: 'console',
      message: `${rule} prints with the module console for every scanned file: remove this before the rule is merged`,
    }),
  ],
  // The module "vt" is missing here: the engine refuses each of its fields that has data.
  withoutData('cuckoo', 'it reads the report of a sandbox, and its functions return 0'),
  withoutData('test_proto2', 'it belongs to the tests of the engine'),
  withoutData('test_proto3', 'it belongs to the tests of the engine'),
]);

/**
 * Checks for YARA modules that a rule should not use, including private and global rules. A rule
 * that names a module may call it under another name, so each use of the name counts.
 * @param imported the modules that the source of the rule imports
 */
export function lintModules({ name, condition }: ParsedRule, imported: ReadonlySet<string>): LintProblem[] {
  return [...problemOf].flatMap(([module, find]) => {
    if (!imported.has(module)) return [];
    const at = condition.find(({ text }, index) => text === module && isFreeName(condition, index));
    return at === undefined ? [] : [{ ...find(name), at }];
  });
}
