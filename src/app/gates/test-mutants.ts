import pMap from 'p-map';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScanPool } from '../../engine/types.ts';
import { compareMatches } from '../../rule-tests/compare.ts';
import { readTestFile } from '../../rule-tests/read-test-file.ts';
import type { TestRun } from '../../rule-tests/results.ts';
import { readSample } from '../../rule-tests/sample.ts';
import type { RuleTest } from '../../rule-tests/spec.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { concernedRules, mutantSource } from '../../rules/mutate/mutant-source.ts';
import { mutateRule } from '../../rules/mutate/mutate-rule.ts';
import { takeEvenly } from '../../rules/mutate/mutation.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { ParsedRule } from '../../rules/syntax/syntax.ts';
import type { MutantReport, RulePlace, Survivor } from './mutant-report.ts';
import { givenExternals } from './test-rules.ts';

/** Mutants of one ruleset: more take longer to compile than they save in scans. */
const mutantsPerRuleset = 200;
/** Length of their sources, so that they compile in seconds. */
const charactersPerRuleset = 4 * 1024 * 1024;
const mutantsPerRule = 100;
/** Samples in memory at a time. */
const concurrency = 4;

export interface TestMutantsOptions {
  readonly files: readonly LoadedRuleFile[];
  readonly testsDir: string;
  /** Only tests that passed in it count. */
  readonly run: Pick<TestRun, 'files'>;
  /**
   * Ids of the rules to change, with the private rules that they need. Default: all that a test
   * expects to match.
   */
  readonly rules?: ReadonlySet<string>;
  /** Mutants of one rule, taken evenly from all. Default: 100. */
  readonly perRule?: number;
  /** Scans the samples. */
  readonly pool: Pick<ScanPool, 'scan'>;
}

/** A rule file and its tests that must notice a change. */
interface TestedFile {
  readonly file: LoadedRuleFile;
  readonly testFile: string;
  readonly tests: readonly RuleTest[];
}

interface Mutant extends Survivor {
  readonly of: TestedFile;
  /** The changed file, in a namespace of its own. */
  readonly source: RuleSource;
  /** Names of the rules that may match differently. All others are not in the source. */
  readonly affected: ReadonlySet<string>;
}

/**
 * Changes rules in small ways and runs the tests of their files on each change. A mutant is noticed
 * if a test fails that passes on the rules as they are.
 * @throws RearviewError if a sample or test file cannot be read any more
 */
export async function testMutants(options: TestMutantsOptions): Promise<MutantReport> {
  const { files, run, testsDir, pool, rules = null, perRule = mutantsPerRule } = options;
  const tested = await testedFiles({ files, run, testsDir });
  const names = new Set(files.map(({ namespace }) => namespace));
  const survivors: Survivor[] = [];
  const untested: RulePlace[] = [];
  const counts = { tested: 0, refused: 0, leftOut: 0 };
  const tryBatch = async (batch: readonly Mutant[]) => {
    const { errors } = await checkRules(batch.map(({ source }) => source));
    const refused = new Set(errors.map(({ file }) => file));
    const mutants = batch.filter(({ source }) => !refused.has(source.namespace));
    counts.tested += mutants.length;
    counts.refused += batch.length - mutants.length;
    const noticed = await noticedBy(pool, testsDir, mutants);
    for (const { file, line, column, rule, before, after } of mutants.filter((each) => !noticed.has(each))) {
      survivors.push({ file, line, column, rule, before, after });
    }
  };
  let batch: Mutant[] = [];
  let characters = 0;
  for (const each of tested) {
    const made = mutantsOf(each, { names, rules, perRule });
    untested.push(...made.untested);
    counts.leftOut += made.leftOut;
    for (const mutant of made.mutants) {
      batch.push(mutant);
      characters += mutant.source.source.length;
      if (batch.length < mutantsPerRuleset && characters < charactersPerRuleset) continue;
      await tryBatch(batch);
      [batch, characters] = [[], 0];
    }
  }
  if (batch.length > 0) await tryBatch(batch);
  return { ...counts, noticed: counts.tested - survivors.length, survivors, untested };
}

/** The files with tests that passed. Those with a `todo` do not count. */
async function testedFiles({
  files,
  run,
  testsDir,
}: Pick<TestMutantsOptions, 'files' | 'run' | 'testsDir'>): Promise<readonly TestedFile[]> {
  const found = await pMap(run.files, async ({ path, namespace, tests: results }): Promise<TestedFile[]> => {
    const file = files.find((each) => each.namespace === namespace);
    const passed = new Set(results.filter(({ status }) => status === 'passed').map(({ name }) => name));
    if (file === undefined || passed.size === 0) return [];
    const { tests } = await readTestFile(testsDir, path);
    return [{ file, testFile: path, tests: tests.filter(({ name }) => passed.has(name)) }];
  });
  return found.flat();
}

interface Selection {
  /** Of all rule files: the rules of an included one are changed only in that file. */
  readonly names: ReadonlySet<string>;
  /** Null: all. */
  readonly rules: ReadonlySet<string> | null;
  readonly perRule: number;
}

function mutantsOf(
  of: TestedFile,
  { names, rules, perRule }: Selection,
): { readonly mutants: Iterable<Mutant>; readonly untested: readonly RulePlace[]; readonly leftOut: number } {
  const { file, tests } = of;
  const parsed = parseSource(file.source, file.namespace);
  const placeAt = createLineIndex(file.source);
  const place = (rule: ParsedRule, at: number): RulePlace => {
    const { line, column } = placeAt(at);
    return { ...file.locate(line), column, rule: rule.name };
  };
  const own = parsed.rules.filter((rule) => {
    const { file: from } = file.locate(rule.parts.name.line);
    return from === file.namespace || !names.has(from);
  });
  const expected = new Set(tests.flatMap(({ matches }) => matches));
  const isExpected = (name: string) => {
    const id = ruleId({ namespace: file.namespace, name });
    return expected.has(id) && (rules === null || rules.has(id));
  };
  // A private rule is tested by those that need it.
  const isTested = (rule: ParsedRule) =>
    rule.private
      ? rules === null || [...concernedRules(parsed, rule).affected].some(isExpected)
      : isExpected(rule.name);
  const chosen = own.filter(isTested).map((rule) => {
    const all = mutateRule(file.source, rule);
    return { rule, all, taken: takeEvenly(all, perRule) };
  });
  function* mutants(): Generator<Mutant> {
    let number = 0;
    for (const { rule, taken } of chosen) {
      const { affected, kept } = concernedRules(parsed, rule);
      for (const mutation of taken) {
        number += 1;
        const namespace = `${file.namespace}#${number}`;
        const source = mutantSource(file.source, parsed, mutation, kept);
        yield {
          ...place(rule, mutation.start),
          ...{ before: mutation.before, after: mutation.after, of, affected },
          source: withVariables({ namespace, source }, file.variables),
        };
      }
    }
  }
  return {
    mutants: mutants(),
    untested:
      rules !== null ? [] : own.filter((rule) => !isTested(rule)).map((rule) => place(rule, rule.parts.name.start)),
    leftOut: chosen.reduce((sum, { all, taken }) => sum + all.length - taken.length, 0),
  };
}

/** Scans each sample once with all mutants, and returns those that fail a test of their file. */
async function noticedBy(
  pool: Pick<ScanPool, 'scan'>,
  testsDir: string,
  mutants: readonly Mutant[],
): Promise<ReadonlySet<Mutant>> {
  const noticed = new Set<Mutant>();
  const byFile = Map.groupBy(mutants, (each) => each.of);
  const jobs = [...byFile].flatMap(([of, own]) => of.tests.map((test) => ({ of, own, test })));
  await pMap(
    jobs,
    async ({ of, own, test }) => {
      const bytes = await readSample(test.sample, { testsDir, testFile: of.testFile });
      await judge(pool, own, { of, test, bytes }, noticed);
    },
    { concurrency },
  );
  return noticed;
}

interface Judged {
  readonly of: TestedFile;
  readonly test: RuleTest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A mutant whose scan fails is noticed; to find it, the mutants are halved. */
async function judge(
  pool: Pick<ScanPool, 'scan'>,
  mutants: readonly Mutant[],
  judged: Judged,
  noticed: Set<Mutant>,
): Promise<void> {
  const { of, test, bytes } = judged;
  const sources = mutants.map(({ source }) => source);
  const ruleset = { id: rulesetId(sources, engineInfo()), sources };
  // The bytes go with the worker.
  const report = await pool.scan({
    ...{ ruleset, bytes: bytes.slice(), externals: givenExternals(test) },
    unpack: test.inside ? defaultUnpackLimits : null,
  });
  if (report.status === 'scanned') {
    const matches = Map.groupBy(report.matches, ({ namespace }) => namespace);
    for (const mutant of mutants) {
      if (isNoticed(mutant, test, of.file.namespace, matches.get(mutant.source.namespace) ?? [])) noticed.add(mutant);
    }
    return;
  }
  const [only, second] = mutants;
  if (only !== undefined && second === undefined) {
    noticed.add(only);
    return;
  }
  const half = Math.ceil(mutants.length / 2);
  await judge(pool, mutants.slice(0, half), judged, noticed);
  await judge(pool, mutants.slice(half), judged, noticed);
}

/** Compares the affected rules only: the others match as they do without the change. */
function isNoticed({ affected }: Mutant, test: RuleTest, namespace: string, matches: readonly RuleMatch[]): boolean {
  const ids = new Set([...affected].map((name) => ruleId({ namespace, name })));
  const expected = {
    matches: test.matches.filter((id) => ids.has(id)),
    strings: new Map([...test.strings].filter(([id]) => ids.has(id))),
  };
  const own = matches.filter(({ rule }) => affected.has(rule)).map((match) => ({ ...match, namespace }));
  return compareMatches(expected, namespace, own) !== undefined;
}
