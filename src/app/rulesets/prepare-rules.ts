import { realpath } from 'node:fs/promises';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { type BaseImage, layerOn } from '../../engine/base-image.ts';
import { buildImage } from '../../engine/build-image.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import type { ContentCache } from '../../ports/content-cache.ts';
import type { TestRun } from '../../rule-tests/results.ts';
import { type BaselineEntry, splitByBaseline } from '../../rules/lint/baseline.ts';
import { lintRules } from '../../rules/lint/lint-rules.ts';
import { type LoadedRules, loadRules } from '../../rules/load-rules.ts';
import { noMemo } from '../../rules/memo.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { isVendored } from '../../rules/vendored.ts';
import { testDiagnostics } from '../gates/test-diagnostics.ts';
import { type TestRulesetOptions, testRuleset } from '../gates/test-ruleset.ts';
import { buildDistinct } from './build-distinct.ts';
import { createMemo } from './kept/create-memo.ts';
import { createKeptImages, type KeptImages } from './kept/kept-images.ts';
import { loadProblems } from './load-problems.ts';
import { locateDiagnostics } from './locate-diagnostics.ts';
import { nameRules } from './name-rules.ts';
import { byPlace, quarantineRules } from './quarantine-rules.ts';
import { readBaseline } from './read-baseline.ts';

export interface PrepareOptions {
  readonly rulesDir: string;
  /** See `loadRules`. */
  readonly only?: string | undefined;
  /** Declared for these rules. Default: none. */
  readonly variables?: readonly VariableDeclaration[];
  /** Folder of the tests to run. Without it no tests are run or required. */
  readonly testsDir?: string | undefined;
  /** Selects the namespaces to test. Default: all. */
  readonly testOnly?: (namespace: string) => boolean;
  /** See `TestRulesOptions`. */
  readonly onlyTest?: TestRulesetOptions['onlyTest'];
  /** See `TestRulesOptions`. */
  readonly onPrinted?: TestRulesetOptions['onPrinted'];
  /** See `TestRulesOptions`. */
  readonly onScanned?: TestRulesetOptions['onScanned'];
  /** False leaves out the lint rules of this project. Default: true. */
  readonly lint?: boolean;
  /** False reports the findings of the baseline as well. Default: true. */
  readonly baseline?: boolean;
  /**
   * Whether the ruleset gets an image:
   * - `build`: it is compiled, for a ruleset that is published.
   * - `keep`: for a ruleset that stays on this machine. It is taken from the cache, or compiled and
   *   put there. If only few files differ from a ruleset in the cache, the ruleset gets none, and is
   *   tested on top of that one.
   * - `none`.
   *
   * Default: `build` where tests are run, because they run on it.
   */
  readonly image?: 'build' | 'keep' | 'none';
  /** Holds what was computed before. Default: everything is computed. */
  readonly cache?: ContentCache | null;
  /** Ends what compiles and tests, which rejects with an error. Default: none. */
  readonly signal?: AbortSignal;
}

export interface PreparedRules {
  readonly loaded: LoadedRules;
  /** Public rules that are not part of the ruleset, and why. They are no diagnostics. */
  readonly leftOut: readonly LeftOutRule[];
  /**
   * All diagnostics that are not in the baseline, also of tests, by file and line. Rule files are
   * below the rules folder, test files below the tests folder.
   */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings of the baseline; null if the rules folder has none, or it was not read. */
  readonly baseline: KnownFindings | null;
  /** The ruleset, ready to be published; null if a diagnostic is an error. */
  readonly ruleset: Ruleset | null;
  /** The image that a ruleset without one can be loaded on top of. Absent unless images are kept. */
  readonly base?: BaseImage;
  /** Absent if no tests were requested, or the rules do not compile. */
  readonly tests?: TestRun;
}

export interface KnownFindings {
  /** Number of findings that were not reported because they are in the baseline. */
  readonly known: number;
  /** Entries that no longer occur. Empty if there are errors, which may hide findings. */
  readonly gone: readonly BaselineEntry[];
}

/**
 * Loads, checks, lints, builds and tests the rules of a folder. All problems with them are part of
 * the result.
 * @throws RearviewError what `testRuleset` and `readBaseline` throw
 */
export async function prepareRules(options: PrepareOptions): Promise<PreparedRules> {
  try {
    return await prepare(options);
  } finally {
    options.cache?.flush();
  }
}

async function prepare(options: PrepareOptions): Promise<PreparedRules> {
  const { cache = null, signal } = options;
  signal?.throwIfAborted();
  const aborted = signal === undefined ? {} : { signal };
  const memo = cache === null ? noMemo : createMemo(cache);
  const loaded = await loadRules(options.rulesDir, { only: options.only, variables: options.variables, memo });
  const sources = loaded.files.map((file) => withVariables(file, file.variables));
  const check = (some: readonly RuleSource[]) => checkRules(some, { memo, signal });
  const report = await check(sources);
  const { files, quarantined } = await quarantineRules(loaded.files, report.errors, { check });
  const problems = loadProblems(loaded);
  const unusable = [...problems.leftOut, ...quarantined].sort(byPlace);
  const own = { files: loaded.files.filter(({ namespace }) => !isVendored(namespace)) };
  const found = [
    ...problems.own,
    ...locateDiagnostics(own.files, ofOwn([...report.errors, ...report.warnings])),
    ...(options.lint === false ? [] : lintRules(own, memo)),
  ];
  const entries = options.lint === false || options.baseline === false ? null : await readBaseline(options.rulesDir);
  const { fresh, baseline } = withoutKnown(inOrder(nameRules(own.files, found, memo)), entries, options.only);
  if (hasErrors(fresh)) return { loaded, leftOut: unusable, diagnostics: fresh, baseline, ruleset: null };
  const { testsDir, image = testsDir === undefined ? 'none' : 'build' } = options;
  const { ruleset: distinct, duplicates } = buildDistinct(files, loaded, memo);
  const leftOut = [...unusable, ...duplicates];
  const built = leftOut.length === 0 ? distinct : { ...distinct, leftOut };
  const { ruleset, base } =
    image === 'keep' && cache !== null
      ? await withKeptImage(options.rulesDir, built, createKeptImages(cache), aborted)
      : {
          ruleset: image === 'none' ? built : { ...built, image: await buildImage(built.sources, aborted) },
          base: null,
        };
  const under = base === null ? {} : { base };
  if (testsDir === undefined) return { loaded, leftOut, diagnostics: fresh, baseline, ruleset, ...under };
  const { testOnly: only, onlyTest, onPrinted, onScanned } = options;
  const run = await testRuleset(ruleset, {
    ...{ testsDir, base, ...aborted },
    leftOut: new Map(loaded.leftOut.map(({ file, why }) => [file, why])),
    leftOutRules: new Map(leftOut.map(({ namespace, rule, reason }) => [`${namespace}:${rule ?? ''}`, reason])),
    ...(only === undefined ? {} : { only }),
    ...(onlyTest === undefined ? {} : { onlyTest }),
    ...(onPrinted === undefined ? {} : { onPrinted }),
    ...(onScanned === undefined ? {} : { onScanned }),
  });
  const tests = { ...run, untested: locateDiagnostics(loaded.files, run.untested) };
  const diagnostics = inOrder([...fresh, ...testDiagnostics(tests)]);
  return { loaded, leftOut, diagnostics, baseline, ruleset: hasErrors(diagnostics) ? null : ruleset, tests, ...under };
}

/** The ruleset with its image; without one, and a base, if it can be loaded on top of that. */
async function withKeptImage(
  rulesDir: string,
  ruleset: Ruleset,
  images: KeptImages,
  aborted: Pick<PrepareOptions, 'signal'>,
): Promise<{ readonly ruleset: Ruleset; readonly base: BaseImage | null }> {
  const kept = images.of(ruleset);
  if (kept !== null) return { ruleset: { ...ruleset, image: kept }, base: null };
  const folder = await realpath(rulesDir);
  const base = images.base(folder);
  if (base !== null && layerOn(base, ruleset.sources) !== null) return { ruleset, base };
  const image = await buildImage(ruleset.sources, { compression: 'fast', ...aborted });
  if (image !== null) images.keep(folder, ruleset, image);
  return { ruleset: { ...ruleset, image }, base: null };
}

/** Diagnostics of rules that are not public: the authors of public ones do not read them. */
function ofOwn(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ file }) => !isVendored(file));
}

function withoutKnown(
  found: readonly Diagnostic[],
  entries: readonly BaselineEntry[] | null,
  only: string | undefined,
): { readonly fresh: readonly Diagnostic[]; readonly baseline: KnownFindings | null } {
  if (entries === null) return { fresh: found, baseline: null };
  const { fresh, known, gone } = splitByBaseline(found, entries);
  const isComplete = only === undefined && !hasErrors(found);
  return { fresh, baseline: { known, gone: isComplete ? gone : [] } };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/**
 * Diagnostics by place, each once: a problem in a file that others include is found in each of
 * them.
 */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const distinct = new Map(
    diagnostics.map((each) => {
      const { severity, code, message, file, line, column } = each;
      return [JSON.stringify([severity, code, message, file, line, column]), each];
    }),
  );
  return [...distinct.values()].toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
