import { parse, stringify } from 'yaml';
import { defaultMaxBytes, type FuzzTarget } from '../fuzz-target.ts';
import type { Random } from '../random.ts';
import { mutateBytes } from './bytes.ts';
import { mutateText } from './text.ts';
import { mutateTree, readJson, type Tree, writeMarks } from './tree.ts';

type Mutable = Pick<FuzzTarget, 'syntax' | 'words' | 'maxBytes' | 'repair'>;

/** Changes an input in one to five ways that fit its language. */
export function mutate(input: Buffer, other: Buffer, target: Mutable, random: Random): Buffer {
  const maxLength = target.maxBytes ?? defaultMaxBytes;
  let mutated = input;
  for (let left = 1 + random.int(5); left > 0; left -= 1) mutated = step(mutated, other, target, random);
  if (target.repair !== undefined && random.chance(0.7)) mutated = target.repair(mutated);
  return mutated.length > maxLength ? mutated.subarray(0, maxLength) : mutated;
}

function step(input: Buffer, other: Buffer, { syntax, words = [], maxBytes: maxLength = defaultMaxBytes }: Mutable, random: Random): Buffer {
  if (syntax === 'bytes' || random.chance(0.03)) {
    return mutateBytes(input, { random, other, maxLength, words: words.map((each) => Buffer.from(each, 'latin1')) });
  }
  const text = input.toString();
  if (syntax !== 'text' && random.chance(0.75)) {
    const tree = read(text, syntax);
    const changed = tree === undefined ? null : write(mutateTree(tree, { random, words, other: read(other.toString(), syntax) ?? null }), syntax, random);
    if (changed !== null) return Buffer.from(changed);
  }
  return Buffer.from(mutateText(text, { random, words, other: other.toString(), maxLength }));
}

/** Undefined for what is not of the language. */
function read(text: string, syntax: 'json' | 'yaml'): Tree | undefined {
  if (syntax === 'json') return text.trim() === 'null' ? null : (readJson(text) ?? undefined);
  try {
    // Plain YAML of small inputs alone: the parser is under test itself, and recursive.
    return text.length > 4000 ? undefined : parse(text, { logLevel: 'silent', maxAliasCount: 10 });
  } catch {
    return undefined;
  }
}

/** Null where the tree is too deep to be written. */
function write(tree: Tree, syntax: 'json' | 'yaml', random: Random): string | null {
  try {
    const isFlow = syntax === 'json' || random.chance(0.2);
    return writeMarks(isFlow ? JSON.stringify(tree, null, random.pick([0, 0, 1])) : stringify(tree, { lineWidth: random.pick([0, 80]) }));
  } catch {
    return null;
  }
}
