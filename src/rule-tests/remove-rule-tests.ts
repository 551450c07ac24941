import { isDeepStrictEqual } from 'node:util';
import { type Document, isScalar, isSeq, LineCounter, parseDocument, type YAMLSeq } from 'yaml';
import { RearviewError } from '../domain/errors.ts';
import { checkShape } from '../domain/text/check-shape.ts';
import { parseYaml } from '../files/yaml/yaml-places.ts';
import { parseTestFile } from './spec.ts';
import { specSchema, type TestSpec } from './spec-schema.ts';

/** `parseTestFile` has already checked for repeated keys, faster than the package does. */
const unchecked = { uniqueKeys: false } as const;

/**
 * Removes the tests of a rule from a test file. Tests that only this rule matches are removed. If
 * other rules also match, it is removed from their expectations. Tests without matches belong to no
 * rule, and stay. All comments stay, except those above a removed part.
 * @param path below the tests folder, as for `parseTestFile`
 * @param others the rules of the same file that stay and report matches. If one of them would lose
 *   its last test that it must not match, the first of the removed tests stays, expecting no
 *   matches
 * @returns null if no test is left
 * @throws RearviewError `ERR_STATE` if the file is invalid, or cannot be changed this way
 */
export function removeRuleTests(path: string, text: string, rule: string, others: readonly string[]): string | null {
  const { namespace, problems } = parseTestFile(path, text);
  const [problem] = problems;
  if (problem !== undefined) throw unusable(path, problem.message);
  const { tests } = specSchema.parse(parseDocument(text, unchecked).toJS());
  const isRule = (name: string) => name === rule || name === `${namespace}:${rule}`;
  const areOthersTested = (left: readonly TestSpec[]) => {
    const matching = new Map<string, number>();
    for (const name of left.flatMap((test) => [...namesOf(test, namespace)])) {
      matching.set(name, (matching.get(name) ?? 0) + 1);
    }
    return others.every((other) => (matching.get(other) ?? 0) < left.length);
  };
  const kept = changedTests(tests, isRule, areOthersTested);
  if (kept.every(({ to }) => to === null)) return null;
  const wanted = kept.flatMap(({ to }) => (to === null ? [] : [to]));
  const edited = (isPlainRemoval(kept) ? withoutLines(text, kept) : null) ?? rewritten(text, kept);
  const after = parseYaml(path, edited).value;
  if (!isDeepStrictEqual(checkShape(specSchema, after).data?.tests, wanted)) {
    throw unusable(path, `cannot remove the tests of ${rule} automatically`);
  }
  return edited;
}

interface ChangedTest {
  readonly from: TestSpec;
  /** Null: it is removed. */
  readonly to: TestSpec | null;
}

function changedTests(
  tests: readonly TestSpec[],
  isRule: (name: string) => boolean,
  areOthersTested: (left: readonly TestSpec[]) => boolean,
): readonly ChangedTest[] {
  const changed = tests.map((from): ChangedTest => {
    if (!from.matches.some(isRule)) return { from, to: from };
    const without = withoutRule(from, isRule);
    return { from, to: without.matches.length === 0 ? null : without };
  });
  const left = changed.flatMap(({ to }) => (to === null ? [] : [to]));
  const first = changed.findIndex(({ from, to }) => to === null && from.todo === undefined);
  // A test with a todo proves nothing.
  if (left.length === 0 || first < 0 || areOthersTested(left.filter(({ todo }) => todo === undefined))) return changed;
  return changed.map((each, at) => (at === first ? { ...each, to: withoutRule(each.from, isRule) } : each));
}

function withoutRule({ strings, ...test }: TestSpec, isRule: (name: string) => boolean): TestSpec {
  const left = Object.entries(strings ?? {}).filter(([name]) => !isRule(name));
  const matches = test.matches.filter((name) => !isRule(name));
  return { ...test, matches, ...(left.length === 0 ? {} : { strings: Object.fromEntries(left) }) };
}

function namesOf({ matches }: TestSpec, namespace: string): ReadonlySet<string> {
  return new Set(matches.map((name) => (name.startsWith(`${namespace}:`) ? name.slice(namespace.length + 1) : name)));
}

function isPlainRemoval(tests: readonly ChangedTest[]): boolean {
  return tests.every(({ from, to }) => to === null || to === from);
}

/** Cuts out the lines of the removed parts; null if the tests are not on separate lines. */
function withoutLines(text: string, tests: readonly ChangedTest[]): string | null {
  const lines = new LineCounter();
  const list = testsOf(parseDocument(text, { ...unchecked, lineCounter: lines }));
  if (list === null || list.flow === true) return null;
  const all = text.split('\n');
  const spans = list.items.map((item) => {
    const [start, end] = rangeOf(item);
    const last = Math.max(start, end - 1);
    return { first: lines.linePos(start).line - 1, last: lines.linePos(last).line - 1 };
  });
  if (spans.some(({ first }) => !/^\s*-\s/.test(all[first] ?? ''))) return null;
  // A comment belongs to the item below it.
  const starts = spans.map(({ first }, at) => {
    let line = first;
    while (line - 1 > (spans[at - 1]?.last ?? lineOfKey(all)) && /^\s*#/.test(all[line - 1] ?? '')) line -= 1;
    return line;
  });
  const gone = new Set<number>();
  tests.forEach(({ to }, at) => {
    if (to !== null) return;
    const end = starts[at + 1] ?? (spans[at]?.last ?? 0) + 1;
    for (let line = starts[at] ?? 0; line < end; line += 1) gone.add(line);
  });
  const left = all.filter((_, at) => !gone.has(at)).join('\n');
  return left.endsWith('\n') || !text.endsWith('\n') ? left : `${left}\n`;
}

function lineOfKey(lines: readonly string[]): number {
  return lines.findIndex((line) => /^\s*["']?tests["']?\s*:/.test(line));
}

/** Rewrites the document, including comments; white space may change. */
function rewritten(text: string, tests: readonly ChangedTest[]): string {
  const document = parseDocument(text, unchecked);
  tests.forEach(({ from, to }, at) => {
    if (to === null || to === from) return;
    keepNames(document, ['tests', at, 'matches'], to.matches);
    if (from.strings === undefined) return;
    if (to.strings === undefined) document.deleteIn(['tests', at, 'strings']);
    for (const name of Object.keys(from.strings)) {
      if (to.strings !== undefined && !(name in to.strings)) document.deleteIn(['tests', at, 'strings', name]);
    }
  });
  for (const [at, { to }] of [...tests.entries()].reverse()) if (to === null) document.deleteIn(['tests', at]);
  return document.toString({ lineWidth: 0 });
}

function keepNames(document: Document, path: readonly (string | number)[], names: readonly string[]): void {
  const list = document.getIn(path, true);
  const kept = new Set(names);
  if (isSeq(list)) list.items = list.items.filter((item) => isScalar(item) && kept.has(String(item.value)));
}

function testsOf(document: Document): YAMLSeq | null {
  const list = document.getIn(['tests'], true);
  return isSeq(list) ? list : null;
}

function rangeOf(item: unknown): readonly [number, number] {
  const range = typeof item === 'object' && item !== null && 'range' in item ? item.range : null;
  if (!Array.isArray(range)) return [0, 0];
  const [start, end]: readonly unknown[] = range;
  return [Number(start), Number(end)];
}

function unusable(path: string, why: string): RearviewError {
  return new RearviewError('ERR_STATE', `${path}: ${why}. Change it by hand.`);
}
