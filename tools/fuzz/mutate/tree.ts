import type { Random } from '../random.ts';
import { mutateText } from './text.ts';
import { numberTexts, texts } from './values.ts';

/** A value of JSON. */
export type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };

export interface TreeSupply {
  readonly random: Random;
  readonly words: readonly string[];
  /** Another input; null if it is not of the language. */
  readonly other: Tree | null;
}

type Path = readonly string[];
type Replace = (node: Tree) => Tree | undefined;

/** A larger tree is better mutated as a text: writing it takes long. */
const maxNodes = 4000;
const maxDepth = 60;
const rawMark = /(\\*)"@raw:([^"@]*)@\1"/g;
const deepMark = /(\\*)"@deep:(\d+)@\1"/g;

/** Changes, adds or removes one node of a tree. The result is written with `writeTree`. */
export function mutateTree(tree: Tree, supply: TreeSupply): Tree {
  const { random } = supply;
  const paths = pathsOf(tree);
  const path = random.pick(paths) ?? [];
  return replaceAt(tree, path, (node) => mutateNode(node, supply)) ?? null;
}

/**
 * Numbers that JSON can represent and JavaScript cannot, and trees too deep for a recursive writer,
 * are marked strings in the tree.
 */
export function writeMarks(text: string): string {
  return text
    .replace(rawMark, (_, _quote, raw: string) => raw)
    .replace(deepMark, (_, _quote, depth: string) => `${'['.repeat(Number(depth))}${']'.repeat(Number(depth))}`);
}

function mutateNode(node: Tree, supply: TreeSupply): Tree | undefined {
  const { random, words, other } = supply;
  const choice = random.int(10);
  if (choice < 1) return undefined;
  if (choice < 3) return anyValue(random, words);
  if (choice < 4 && other !== null) return nodeOf(other, random);
  if (choice < 5) return random.chance(0.5) ? [node] : { [anyText(random, words)]: node };
  if (typeof node === 'string') return mutateString(node, supply);
  if (typeof node === 'number') return `@raw:${random.pick(numberTexts)}@`;
  if (isList(node)) return mutateList(node, supply);
  if (typeof node === 'object' && node !== null) return mutateRecord(node, supply);
  return anyValue(random, words);
}

function mutateString(text: string, supply: TreeSupply): Tree {
  const { random, words } = supply;
  const inner = random.chance(0.6) ? readJson(text) : null;
  // A document within a string, as in a message of a queue.
  if (typeof inner === 'object' && inner !== null && isHandy(inner)) return JSON.stringify(mutateTree(inner, supply));
  return mutateText(text, { random, words, other: anyText(random, words), maxLength: 20_000 });
}

function mutateList(list: readonly Tree[], { random, words }: TreeSupply): Tree {
  const item = random.pick(list) ?? anyValue(random, words);
  const times = random.size(Math.min(random.chance(0.1) ? 2000 : 4, Math.ceil(maxNodes / pathsOf(item).length)));
  const at = random.int(list.length + 1);
  return [...list.slice(0, at), ...Array.from({ length: times }, () => item), ...list.slice(at)];
}

function mutateRecord(record: { readonly [key: string]: Tree }, { random, words, other }: TreeSupply): Tree {
  const entries = Object.entries(record);
  const named = random.pick(entries);
  const value = (other === null ? undefined : nodeOf(other, random)) ?? anyValue(random, words);
  if (named === undefined || random.chance(0.4)) return fromEntries([...entries, [anyText(random, words), value]]);
  const [key, own] = named;
  if (random.chance(0.5))
    return fromEntries(entries.map(([each, it]) => [each === key ? anyText(random, words) : each, it]));
  return fromEntries(entries.map(([each, it]) => [each, each === key ? value : random.chance(0.1) ? own : it]));
}

/** Treats `__proto__` as an ordinary key. */
function fromEntries(entries: readonly (readonly [string, Tree])[]): Tree {
  return Object.fromEntries(entries);
}

function anyText(random: Random, words: readonly string[]): string {
  return (random.chance(0.6) ? random.pick(words) : undefined) ?? random.pick([...texts]);
}

function anyValue(random: Random, words: readonly string[]): Tree {
  const made: readonly [Tree, ...Tree[]] = [
    null,
    ...[true, false, 0, -1, 1.5, '', [], {}],
    `@raw:${random.pick(numberTexts)}@`,
    `@deep:${random.size(30_000)}@`,
    anyText(random, words),
    anyText(random, words).repeat(random.size(3000)),
    { toString: 1, valueOf: 1 },
    { length: { toString: 1, valueOf: 1 } },
    { length: -1 },
    { ['__proto__']: { isAdmin: true } },
  ];
  return random.pick(made);
}

/** Returns whether a tree can be mutated: it has a limited number of nodes and depth. */
export function isHandy(tree: Tree): boolean {
  const paths = pathsOf(tree);
  return paths.length <= maxNodes && (paths.at(-1) ?? []).length <= maxDepth;
}

/**
 * Paths of all nodes, those near the root first. Ends early if there are too many. Without
 * recursion, because a tree may be deep.
 */
function pathsOf(tree: Tree): readonly Path[] {
  const found: { readonly path: Path; readonly node: Tree }[] = [{ path: [], node: tree }];
  for (const { path, node } of found) {
    if (found.length > maxNodes || path.length > maxDepth) break;
    if (typeof node !== 'object' || node === null) continue;
    for (const [key, child] of Object.entries(node)) found.push({ path: [...path, key], node: child });
  }
  return found.map(({ path }) => path);
}

function nodeOf(tree: Tree, random: Random): Tree {
  let node = tree;
  for (const key of random.pick(pathsOf(tree)) ?? []) node = childOf(node, key) ?? null;
  return node;
}

function childOf(node: Tree, key: string): Tree | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  return isList(node) ? node[Number(key)] : Object.getOwnPropertyDescriptor(node, key)?.value;
}

function replaceAt(tree: Tree, [key, ...rest]: Path, replace: Replace): Tree | undefined {
  if (key === undefined) return replace(tree);
  if (typeof tree !== 'object' || tree === null) return tree;
  const entries = Object.entries(tree).flatMap(([each, child]): (readonly [string, Tree])[] => {
    const now = each === key ? replaceAt(child, rest, replace) : child;
    return now === undefined ? [] : [[each, now]];
  });
  return isList(tree) ? entries.map(([, child]) => child) : fromEntries(entries);
}

function isList(node: Tree): node is readonly Tree[] {
  return Array.isArray(node);
}

/** Null for a text that is not JSON. */
export function readJson(text: string): Tree | null {
  try {
    const value: Tree = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

/** A text field of an object; empty if there is none. */
export function textAt(tree: Tree, field: string): string {
  const value = childOf(tree, field);
  return typeof value === 'string' ? value : '';
}
