import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { type Externals, externalsOf } from '../domain/rulesets/externals.ts';
import { ruleId } from '../domain/rulesets/rule.ts';
import { checkShape } from '../domain/text/check-shape.ts';
import { parseYaml } from '../files/yaml/yaml-places.ts';
import { suppressedLines } from './own-strings.ts';
import { specSchema, type TestSpec } from './spec-schema.ts';

/** The source of the bytes to scan. Paths are relative to the test file. */
export type SampleSource =
  | { readonly kind: 'text'; readonly text: string; readonly encoding: 'utf-8' | 'utf-16le' }
  | { readonly kind: 'hex'; readonly hex: string }
  | { readonly kind: 'base64'; readonly base64: string }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'archive'; readonly file: string; readonly member: string; readonly password: string | undefined };

/** A string that must be among the matches; missing fields match anything. */
export interface ExpectedString {
  readonly identifier: string;
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
  readonly data?: string | undefined;
}

/** One test of the rules of one file. */
export interface RuleTest {
  readonly name: string;
  /** Its first line in the file, from 1. */
  readonly line: number;
  readonly sample: SampleSource;
  readonly externals: Externals;
  /** True if members of the sample are scanned, too. */
  readonly inside: boolean;
  /**
   * Rule ids (`namespace:name`). They are all the rules of the test's own file that may match. A
   * test belongs to its file, so a rule added elsewhere must not break it. Rules of other files
   * must match if they are named, and may match otherwise.
   */
  readonly matches: readonly string[];
  /** By rule id. */
  readonly strings: ReadonlyMap<string, readonly ExpectedString[]>;
  /** The reason for a known failure. */
  readonly todo: string | undefined;
  /** True if a comment suppresses the warning about samples of nothing but strings. */
  readonly mayBeStrings?: boolean;
}

/** A test file, as far as it could be read. */
export interface RuleTestFile {
  /** Below the tests folder, with `/`. */
  readonly path: string;
  /** Namespace of the rules it tests. */
  readonly namespace: string;
  readonly tests: readonly RuleTest[];
  /** Problems of the file; `tests` is empty if the file as a whole is invalid. */
  readonly problems: readonly Diagnostic[];
}

/** Suffix that the name of a test file adds to the path of its rules. */
export const testFileSuffix = '.test.yaml';

/**
 * Parses a rule test file (docs/reference/rule-tests.md). All problems are returned as values, with their
 * position and a way to fix them.
 * @param path below the tests folder, ending in `testFileSuffix`
 */
export function parseTestFile(path: string, text: string): RuleTestFile {
  const namespace = path.slice(0, -testFileSuffix.length);
  const document = parseYaml(path, text);
  if (document.problems.length > 0) return { path, namespace, tests: [], problems: document.problems };
  const parsed = checkShape(specSchema, document.value);
  if (!parsed.success) {
    return { path, namespace, tests: [], problems: document.diagnose(parsed.error.issues) };
  }
  const suppressed = suppressedLines(text);
  const lineOf = (index: number) => document.lineOf(['tests', index]);
  const tests = parsed.data.tests.map((spec, index): RuleTest => {
    const line = lineOf(index);
    // A comment belongs to the test that it is in, or directly above.
    const end = index + 1 < parsed.data.tests.length ? lineOf(index + 1) - 1 : Number.POSITIVE_INFINITY;
    const mayBeStrings = suppressed.some((each) => each >= line - 1 && each < end);
    return { ...ruleTest(spec, namespace, line), ...(mayBeStrings ? { mayBeStrings } : {}) };
  });
  return { path, namespace, tests, problems: repeatedNames(path, tests) };
}

function ruleTest(spec: TestSpec, namespace: string, line: number): RuleTest {
  const qualify = (name: string): string => (name.includes(':') ? name : ruleId({ namespace, name }));
  const strings = Object.entries(spec.strings ?? {}).map(([rule, expected]) => [qualify(rule), expected] as const);
  return {
    name: spec.name,
    line,
    sample: sampleSource(spec.sample),
    externals: externals(spec.externals),
    inside: spec.inside ?? false,
    matches: spec.matches.map(qualify),
    strings: new Map(strings),
    todo: spec.todo,
  };
}

function sampleSource(sample: TestSpec['sample']): SampleSource {
  if (sample.text !== undefined) return { kind: 'text', text: sample.text, encoding: sample.encoding ?? 'utf-8' };
  if (sample.hex !== undefined) return { kind: 'hex', hex: sample.hex };
  if (sample.base64 !== undefined) return { kind: 'base64', base64: sample.base64 };
  if (sample.file !== undefined) return { kind: 'file', file: sample.file };
  if (sample.archive !== undefined) return { kind: 'archive', password: undefined, ...sample.archive };
  throw new Error('The schema lets no sample pass that has no source.');
}

function externals(given: TestSpec['externals']): Externals {
  const { filepath = '', filename, extension, filetype, ...others } = given ?? {};
  const derived = externalsOf(filepath);
  const variables = Object.entries(others).map(([name, value]) => [name, String(value)] as const);
  return {
    filepath: derived.filepath,
    filename: filename ?? derived.filename,
    extension: extension ?? derived.extension,
    filetype: filetype ?? derived.filetype,
    ...(filetype === undefined ? {} : { contentType: filetype }),
    ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) }),
  };
}

function repeatedNames(path: string, tests: readonly RuleTest[]): Diagnostic[] {
  const firstLines = new Map<string, number>();
  return tests.flatMap(({ name, line }) => {
    const first = firstLines.get(name);
    if (first === undefined) {
      firstLines.set(name, line);
      return [];
    }
    const message = `The test on line ${first} is also named "${name}": give each test its own name.`;
    return [{ severity: 'error' as const, code: 'test/duplicate-name', message, file: path, line, column: 1 }];
  });
}
