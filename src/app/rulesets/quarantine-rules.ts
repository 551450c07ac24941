import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { CompileReport } from '../../engine/compile.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { isolateErrors } from '../../rules/quarantine/isolate-errors.ts';
import { undecoded } from '../../rules/quarantine/undecoded.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { isVendored } from '../../rules/vendored.ts';
import { locateDiagnostics } from './locate-diagnostics.ts';

/** Code of the engine for a syntax error. */
const syntaxError = 'E001';

/** Compiles sources separately. */
export type CheckSources = (sources: readonly RuleSource[]) => Promise<CompileReport>;

/** Rule files without the public rules that do not compile. */
export interface QuarantinedFiles {
  /** In the given order; a file without any rule left is not among them. */
  readonly files: readonly LoadedRuleFile[];
  /** By file, in source order. */
  readonly quarantined: readonly LeftOutRule[];
}

export interface QuarantineOptions {
  readonly check: CheckSources;
  /** Selects the files, by namespace, that bad rules are taken out of. Default: those of `vendor/`. */
  readonly isForeign?: (namespace: string) => boolean;
}

/**
 * Takes the public rules (`vendor/`) that do not compile out of their files, each on its own, and
 * then the rules that need them. Other files stay as they are: their errors are for their authors.
 * @param problems errors from loading and compiling the files, by namespace and place in the source
 */
export async function quarantineRules(
  given: readonly LoadedRuleFile[],
  problems: readonly Diagnostic[],
  { check, isForeign = isVendored }: QuarantineOptions,
): Promise<QuarantinedFiles> {
  const files = new Map(given.map((file) => [file.namespace, file]));
  const quarantined: LeftOutRule[] = [];
  /** Names that no longer exist, by namespace. */
  const gone = new Map<string, Set<string>>();
  let errors: readonly Diagnostic[] = [
    ...problems.filter(({ severity, file }) => severity === 'error' && isForeign(file)),
    ...given
      .filter(({ namespace }) => isForeign(namespace))
      .flatMap(({ namespace, source }) => undecoded(source, namespace)),
  ];
  while (errors.length > 0) {
    const changed: LoadedRuleFile[] = [];
    for (const [namespace, some] of Map.groupBy(errors, ({ file }) => file)) {
      const file = files.get(namespace);
      if (file === undefined) continue;
      const { source, isolated } = isolateErrors(file.source, certain(some));
      const names = gone.get(namespace) ?? new Set();
      for (const { rule, error } of isolated) {
        quarantined.push(leftOut(file, rule, error, names));
        if (rule !== null) names.add(rule);
      }
      gone.set(namespace, names);
      const rest = { ...file, source };
      files.set(namespace, rest);
      if (source.trim() === '') files.delete(namespace);
      else changed.push(rest);
    }
    errors =
      changed.length === 0 ? [] : (await check(changed.map((file) => withVariables(file, file.variables)))).errors;
  }
  return {
    files: given.flatMap(({ namespace }) => files.get(namespace) ?? []),
    quarantined: quarantined.toSorted(byPlace),
  };
}

function leftOut(file: LoadedRuleFile, rule: string | null, error: Diagnostic, gone: ReadonlySet<string>): LeftOutRule {
  const [located = error] = locateDiagnostics([file], [error]);
  const needed = /unknown identifier `(\w+)`/.exec(error.message)?.[1];
  const isNeeded = needed !== undefined && gone.has(needed);
  return {
    kind: 'quarantined',
    namespace: file.namespace,
    rule,
    ...{ file: located.file, line: located.line, column: located.column, code: error.code },
    reason: isNeeded ? `it needs the rule ${needed}, which is quarantined` : error.message,
  };
}

/** Orders by file, then by line and column. */
export function byPlace(a: LeftOutRule, b: LeftOutRule): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/**
 * The errors that are no consequences of others: after a syntax error the engine may not know what
 * was imported or declared before.
 */
function certain(errors: readonly Diagnostic[]): readonly Diagnostic[] {
  const isOfSyntax = ({ code }: Diagnostic) => code === syntaxError;
  return errors.some(isOfSyntax) ? errors.filter((each) => isOfSyntax(each) || each.code.startsWith('load/')) : errors;
}
