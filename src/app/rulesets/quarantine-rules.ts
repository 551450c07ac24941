import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { CompileReport } from '../../engine/compile.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { isolateErrors } from '../../rules/quarantine/isolate-errors.ts';
import { brokenParts, singleRules, syntaxError } from '../../rules/quarantine/single-rules.ts';
import { undecoded } from '../../rules/quarantine/undecoded.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import { isVendored } from '../../rules/vendored.ts';
import { locateDiagnostics } from './locate-diagnostics.ts';

/** Syntax, then names, then what needed them: further rounds would find nothing new. */
const maxRounds = 20;

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
 * then the rules that need them. A file whose include is missing is taken out as a whole: the
 * include may have had a global rule, which holds the others back. Other files stay as they are:
 * their errors are for their authors.
 * @param errors errors from compiling the files, by namespace and place in the source
 */
export async function quarantineRules(
  given: readonly LoadedRuleFile[],
  errors: readonly Diagnostic[],
  { check, isForeign = isVendored }: QuarantineOptions,
): Promise<QuarantinedFiles> {
  const files = new Map(given.map((file) => [file.namespace, file]));
  const quarantined: LeftOutRule[] = [];
  /** Names that no longer exist, by namespace. */
  const gone = new Map<string, Set<string>>();
  const foreign = given.filter(({ namespace }) => isForeign(namespace));
  let left: readonly Diagnostic[] = [
    ...foreign.flatMap(missingIncludes),
    ...errors.filter(({ file }) => isForeign(file)),
    ...foreign.flatMap(({ namespace, source }) => undecoded(source, namespace)),
  ];
  for (let round = 1; left.length > 0; round += 1) {
    const changed: LoadedRuleFile[] = [];
    for (const [namespace, some] of Map.groupBy(left, ({ file }) => file)) {
      const file = files.get(namespace);
      if (file === undefined) continue;
      const causes = round < maxRounds ? await causesOf(file, some, check) : some.map(withoutPlace);
      const { source, isolated } = isolateErrors(file.source, causes);
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
    left = changed.length === 0 ? [] : (await check(changed.map((file) => withVariables(file, file.variables)))).errors;
  }
  return {
    files: given.flatMap(({ namespace }) => files.get(namespace) ?? []),
    quarantined: quarantined.toSorted(byPlace),
  };
}

/**
 * The errors that are not consequences of others. After a syntax error the engine may report rules
 * that are fine, and not know what was imported before. So of a file with a syntax error, the parts
 * that do not parse count; if all parse here, the rules that do not parse on their own.
 */
async function causesOf(
  file: LoadedRuleFile,
  errors: readonly Diagnostic[],
  check: CheckSources,
): Promise<readonly Diagnostic[]> {
  if (!errors.some(({ code }) => code === syntaxError)) return errors;
  const others = errors.filter(({ code }) => code.startsWith('load/'));
  const parsed = parseSource(file.source, file.namespace);
  if (parsed.broken.length > 0) return [...others, ...brokenParts(file, parsed, errors)];
  const rules = singleRules(file, parsed);
  const report = await check(rules.map(({ source }) => source));
  const byName = new Map(rules.map((each) => [each.source.namespace, each]));
  const alone = report.errors
    .filter(({ code }) => code === syntaxError)
    .flatMap((error) => byName.get(error.file)?.place(error) ?? []);
  return [...others, ...(alone.length > 0 ? alone : errors.filter(({ code }) => code === syntaxError))];
}

/** An error that isolates all of its file. */
function withoutPlace(error: Diagnostic): Diagnostic {
  return { ...error, line: 0, column: 0 };
}

function missingIncludes({ namespace, problems }: LoadedRuleFile): readonly Diagnostic[] {
  return problems
    .filter(({ severity, code }) => severity === 'error' && code === 'load/include')
    .map((each) => ({ ...withoutPlace(each), file: namespace }));
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
