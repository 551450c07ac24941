import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { RearviewError } from '../domain/errors.ts';
import { checkShape } from '../domain/text/check-shape.ts';
import { parseYaml } from '../files/yaml/yaml-places.ts';
import { specSchema, type TestSpec } from './spec-schema.ts';

/** `parseTestFile` has already checked for repeated keys, faster than the package does. */
const unchecked = { uniqueKeys: false } as const;

/** A test, by its number from 0, with other `matches` and `strings`. */
export interface ChangedExpectation {
  readonly index: number;
  readonly spec: TestSpec;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Thrown where a layout cannot be changed in place. */
class OtherLayout extends Error {}

/**
 * Changes the expectations of tests in the text of a test file. Everything else stays as it is
 * written, comments included. Layouts that are rare are written again, with their comments.
 * @throws RearviewError `ERR_STATE` if the result would not be what was asked for
 */
export function editExpectations(path: string, text: string, changes: readonly ChangedExpectation[]): string {
  const { tests } = specSchema.parse(parseDocument(text, unchecked).toJS());
  const wanted = tests.map((spec, at) => changes.find(({ index }) => index === at)?.spec ?? spec);
  for (const edit of [inPlace, rewritten]) {
    const edited = edit(text, tests, changes);
    if (edited === null) continue;
    const after = checkShape(specSchema, parseYaml(path, edited).value).data?.tests;
    if (isDeepStrictEqual(after, wanted)) return edited;
  }
  throw new RearviewError('ERR_STATE', `${path}: cannot change the tests automatically. Change them by hand.`);
}

function inPlace(text: string, tests: readonly TestSpec[], changes: readonly ChangedExpectation[]): string | null {
  const list = parseDocument(text, unchecked).getIn(['tests'], true);
  if (!isSeq(list)) return null;
  try {
    const splices = changes.flatMap(({ index, spec }) => {
      const node = list.items[index];
      const before = tests[index];
      if (!isMap(node) || before === undefined) throw new OtherLayout();
      return [...editMatches(text, node, before, spec), ...editStrings(text, node, before, spec)];
    });
    // From the end, so that offsets stay valid; of two at one place, the later comes first.
    const inOrder = splices.reverse().sort((a, b) => b.start - a.start);
    return inOrder.reduce((edited, { start, end, text: by }) => edited.slice(0, start) + by + edited.slice(end), text);
  } catch (error) {
    if (error instanceof OtherLayout) return null;
    throw error;
  }
}

function editMatches(text: string, test: YAMLMap, before: TestSpec, after: TestSpec): Splice[] {
  if (isDeepStrictEqual(before.matches, after.matches)) return [];
  const list = pairOf(test, 'matches').value;
  if (!isSeq(list)) throw new OtherLayout();
  return editList(text, list, before.matches, after.matches, plain);
}

function editStrings(text: string, test: YAMLMap, before: TestSpec, after: TestSpec): Splice[] {
  const [was, is] = [before.strings, after.strings];
  if (isDeepStrictEqual(was, is)) return [];
  if (was === undefined) return [addPair(text, test, 'strings', is ?? {})];
  const node = pairOf(test, 'strings');
  if (is === undefined) return [removePair(text, test, node)];
  const rules = node.value;
  if (!isMap(rules) || rules.items.length === 0) throw new OtherLayout();
  return Object.keys({ ...was, ...is }).flatMap((name): Splice[] => {
    const [old, now] = [was[name], is[name]];
    if (isDeepStrictEqual(old, now)) return [];
    if (old === undefined) return [addPair(text, rules, name, now)];
    const pair = pairOf(rules, name);
    if (now === undefined) return [removePair(text, rules, pair)];
    if (!isSeq(pair.value)) throw new OtherLayout();
    return editList(text, pair.value, old, now, flow);
  });
}

/** Items that stay keep their text. The others are replaced in their order, removed or added. */
function editList<T>(
  text: string,
  list: YAMLSeq,
  before: readonly T[],
  after: readonly T[],
  write: (item: T) => string,
): Splice[] {
  if (list.items.length !== before.length) throw new OtherLayout();
  const written = before.map(keyOf);
  const left = new Set(after.map(keyOf));
  if (list.flow === true) {
    const [start, end] = rangeOf(list);
    const kept = (item: T) => {
      const at = written.indexOf(keyOf(item));
      return at < 0 ? write(item) : text.slice(...rangeOf(list.items[at]));
    };
    if (text.slice(start, end).includes('#')) throw new OtherLayout();
    return [{ start, end, text: `[${after.map(kept).join(', ')}]` }];
  }
  if (before.length === 0) throw new OtherLayout();
  const fresh = after.filter((item) => !written.includes(keyOf(item)));
  const splices = before.flatMap((item, at): Splice[] => {
    if (left.has(keyOf(item))) return [];
    const replacement = fresh.shift();
    if (replacement === undefined) return [wholeLines(text, list.items[at])];
    const [start, end] = rangeOf(list.items[at]);
    if (text.slice(start, end).includes('\n')) throw new OtherLayout();
    return [{ start, end, text: write(replacement) }];
  });
  if (fresh.length === 0) return splices;
  const at = endOfNode(text, list);
  const lineStart = text.lastIndexOf('\n', rangeOf(list.items[0])[0] - 1) + 1;
  const dash = /^(\s*- (?:- )*)/.exec(text.slice(lineStart))?.[1];
  if (dash === undefined) throw new OtherLayout();
  return [...splices, { start: at, end: at, text: fresh.map((item) => `\n${dash}${write(item)}`).join('') }];
}

/** Equal for equal items, which may be other objects. */
function keyOf(item: unknown): string {
  return JSON.stringify(typeof item === 'object' && item !== null ? Object.entries(item).sort() : item);
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown): Splice {
  if (map.flow === true) {
    const end = rangeOf(map)[1] - 1;
    let at = end;
    while (/\s/.test(text[at - 1] ?? '')) at -= 1;
    const last = text.lastIndexOf('\n', at) + 1;
    if (text.slice(last, at).includes('#') || text[at - 1] === ',') throw new OtherLayout();
    return { start: at, end: at, text: `, ${plain(key)}: ${flow(value)}` };
  }
  const [start] = rangeOf(map.items[0]?.key);
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const at = endOfNode(text, map);
  return { start: at, end: at, text: `\n${block(key, value, indent)}` };
}

function removePair(text: string, map: YAMLMap, pair: Pair): Splice {
  if (map.flow === true || map.items.length < 2 || map.items[0] === pair) throw new OtherLayout();
  const start = text.lastIndexOf('\n', rangeOf(pair.key)[0] - 1);
  return { start, end: endOfNode(text, pair.value), text: '' };
}

/** Writes a key as `strings` has it: rules below it, and one string a line. */
function block(key: string, value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return [`${indent}${plain(key)}:`, ...value.map((each) => `${indent}  - ${flow(each)}`)].join('\n');
  }
  const below = Object.entries(value ?? {}).map(([name, each]) => block(name, each, `${indent}  `));
  return [`${indent}${plain(key)}:`, ...below].join('\n');
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? quoted(value) : String(value);
  const pairs = Object.entries(value).map(
    ([key, each]) => `${plain(key)}: ${key === 'identifier' ? plain(String(each)) : flow(each)}`,
  );
  return `{ ${pairs.join(', ')} }`;
}

function plain(name: string): string {
  return /^(?:[A-Za-z_][\w./-]*(?::\w+)?|\$\w*)$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : quoted(name);
}

/** Matched data and names are printable. */
function quoted(text: string): string {
  return /[^\x20-\x7e]/.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}

function pairOf(map: YAMLMap, key: string): Pair {
  const pair = map.items.find((each) => isScalar(each.key) && each.key.value === key);
  if (pair === undefined) throw new OtherLayout();
  return pair;
}

/** The end of the line on which a node ends, before its line end. */
function endOfNode(text: string, node: unknown): number {
  let last: unknown = node;
  while ((isMap(last) || isSeq(last)) && last.flow !== true) {
    const item: unknown = last.items.at(-1);
    last = isMap(last) ? (last.items.at(-1)?.value ?? last.items.at(-1)?.key) : item;
  }
  const [, end] = rangeOf(last);
  if (text[end - 1] === '\n') return end - 1;
  const at = text.indexOf('\n', end);
  return at < 0 ? text.length : at;
}

function wholeLines(text: string, node: unknown): Splice {
  const start = text.lastIndexOf('\n', rangeOf(node)[0] - 1);
  const before = text.slice(start + 1, rangeOf(node)[0]);
  if (start < 0 || !/^\s*-\s+$/.test(before)) throw new OtherLayout();
  return { start, end: endOfNode(text, node), text: '' };
}

function rangeOf(node: unknown): [number, number] {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  if (!Array.isArray(range)) throw new OtherLayout();
  const [start, end]: readonly unknown[] = range;
  return [Number(start), Number(end)];
}

/** Rewrites the document, including comments; white space may change. */
function rewritten(text: string, tests: readonly TestSpec[], changes: readonly ChangedExpectation[]): string {
  const document: Document = parseDocument(text, unchecked);
  for (const { index, spec } of changes) {
    const before = tests[index];
    if (!isDeepStrictEqual(before?.matches, spec.matches)) document.setIn(['tests', index, 'matches'], spec.matches);
    if (isDeepStrictEqual(before?.strings, spec.strings)) continue;
    if (spec.strings === undefined) document.deleteIn(['tests', index, 'strings']);
    else document.setIn(['tests', index, 'strings'], document.createNode(spec.strings));
  }
  return document.toString({ lineWidth: 0 });
}
