import { isFreeName } from '../syntax/references.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import type { LintFinding } from './lint-meta.ts';

const withoutData = (module: string, why: string) =>
  [
    module,
    (rule: string): LintFinding => ({
      severity: 'warning',
      code: 'no-data',
      message: `${rule} uses the module ${module}, which never has data here: ${why}`,
    }),
  ] as const;

/** The findings on a rule that uses a module, by the module's name. */
const findings = new Map<string, (rule: string) => LintFinding>([
  [
    'time',
    (rule) => ({
      severity: 'error',
      code: 'time',
      message: `${rule} asks for the time: what it matches would change without a change of the rule, after its tests, gates and preview passed, and files that were scanned are not scanned again. Compare with a date in the file instead`,
    }),
  ],
  [
    'console',
    (rule) => ({
      severity: 'warning',
      code: 'console',
      message: `${rule} prints with the module console, for every file that it is scanned over: take that out before the rule is merged`,
    }),
  ],
  // The module "vt" is not here: the engine refuses each of its fields that has data.
  withoutData('cuckoo', 'it reads the report of a sandbox, and its functions return 0'),
  withoutData('test_proto2', 'it belongs to the tests of the engine'),
  withoutData('test_proto3', 'it belongs to the tests of the engine'),
]);

/**
 * Modules of YARA that a rule should not use, private and global rules included. Whoever names a module may call it, by whatever name then, so each use of the
 * name counts.
 * @param imported what the source of the rule imports, wherever it does
 */
export function lintModules({ name, condition }: ParsedRule, imported: ReadonlySet<string>): LintFinding[] {
  return [...findings].flatMap(([module, find]) => {
    if (!imported.has(module)) return [];
    const at = condition.find(({ text }, index) => text === module && isFreeName(condition, index));
    return at === undefined ? [] : [{ ...find(name), at }];
  });
}
