import { type Document, isMap, isScalar, isSeq } from 'yaml';

/** Maximum nesting of lists and mappings; files in practice have five levels. */
const maxDepth = 50;

/** A problem with a document, and its position in the text. */
export interface YamlProblem {
  readonly message: string;
  /** UTF-16 code units from the start of the text. */
  readonly offset: number;
}

/**
 * Returns features that no configuration needs: keys that are not plain values, repeated keys, the
 * key `__proto__`, and lists or mappings nested deeper than 50.
 *
 * When the package turns a document into a value, it writes every mapping that is a key as text,
 * and again for each mapping around it: 800 bytes of `{` take half a minute. It also compares every
 * key with every other, so repeated keys are found here instead.
 */
export function problemsOfShape(document: Document): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  const nodes = [{ node: document.contents as unknown, depth: 1 }];
  // A loop, not recursion: the package nests as deep as its stack allows, so there may be no room
  // left.
  for (const { node, depth } of nodes) {
    const children = isSeq(node) ? node.items : isMap(node) ? node.items.map(({ value }) => value) : [];
    if (children.length > 0 && depth > maxDepth) {
      return [{ message: `Lists and mappings are nested more than ${maxDepth} deep`, offset: offsetOf(node) }];
    }
    if (isMap(node)) for (const each of problemsOfKeys(node.items.map(({ key }) => key))) problems.push(each);
    for (const child of children) nodes.push({ node: child, depth: depth + 1 });
  }
  return problems;
}

function problemsOfKeys(keys: readonly unknown[]): readonly YamlProblem[] {
  const seen = new Set<string>();
  return keys.flatMap((key): YamlProblem[] => {
    if (key === null) return [];
    if (!isScalar(key)) return [{ message: 'A key must be a plain value', offset: offsetOf(key) }];
    const name = String(key.value);
    // Schemas skip it silently.
    if (name === '__proto__') return [{ message: 'The key __proto__ is not supported', offset: offsetOf(key) }];
    const isRepeated = seen.has(name);
    seen.add(name);
    return isRepeated ? [{ message: 'Map keys must be unique', offset: offsetOf(key) }] : [];
  });
}

function offsetOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  return Array.isArray(range) ? Number(range[0]) : 0;
}
