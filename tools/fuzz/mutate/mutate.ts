import { stringify } from 'yaml';
import { parseYaml } from '../../../src/files/yaml/yaml-places.ts';
import { defaultMaxBytes, type FuzzTarget } from '../fuzz-target.ts';
import type { Random } from '../random.ts';
import { mutateBytes } from './bytes.ts';
import { mutateText } from './text.ts';
import { isHandy, mutateTree, readJson, type Tree, writeMarks } from './tree.ts';

type Mutable = Pick<FuzzTarget, 'syntax' | 'words' | 'maxBytes' | 'repair'>;

/** Changes an input in one to five ways that suit its language. */
export function mutate(input: Buffer, other: Buffer, target: Mutable, random: Random): Buffer {
  const maxLength = target.maxBytes ?? defaultMaxBytes;
  let mutated = input;
  for (let left = 1 + random.int(5); left > 0; left -= 1) mutated = step(mutated, other, target, random);
  if (target.repair !== undefined && random.chance(0.7)) mutated = target.repair(mutated);
  return mutated.length > maxLength ? mutated.subarray(0, maxLength) : mutated;
}

function step(
  input: Buffer,
  other: Buffer,
  { syntax, words = [], maxBytes: maxLength = defaultMaxBytes }: Mutable,
  random: Random,
): Buffer {
  if (syntax === 'bytes' || random.chance(0.03)) {
    return mutateBytes(input, { random, other, maxLength, words: words.map((each) => Buffer.from(each, 'latin1')) });
  }
  const text = input.toString();
  if (syntax !== 'text' && random.chance(0.75)) {
    const tree = read(text, syntax);
    const changed =
      tree === undefined
        ? null
        : write(mutateTree(tree, { random, words, other: read(other.toString(), syntax) ?? null }), syntax, random);
    if (changed !== null && changed.length <= maxLength) return Buffer.from(changed);
  }
  return Buffer.from(mutateText(text, { random, words, other: other.toString(), maxLength }));
}

/** Undefined for an input that is not of the language, or too large to be mutated as a tree. */
function read(text: string, syntax: 'json' | 'yaml'): Tree | undefined {
  const tree = syntax === 'json' ? readJson(text) : readYaml(text);
  return tree === null || !isHandy(tree) ? undefined : tree;
}

/** Null for an input that is not YAML, or slow to write. */
function readYaml(text: string): Tree | null {
  try {
    // A date or a set of YAML 1.1 becomes its JSON form.
    return text.length > 8000 ? null : readJson(JSON.stringify(parseYaml('', text).value ?? null));
  } catch {
    // Aliases may form a circle.
    return null;
  }
}

/** Null for a value that YAML cannot represent. */
function write(tree: Tree, syntax: 'json' | 'yaml', random: Random): string | null {
  try {
    const isFlow = syntax === 'json' || random.chance(0.2);
    const text = isFlow
      ? JSON.stringify(tree, null, random.pick([0, 0, 1]))
      : stringify(tree, { lineWidth: random.pick([0, 80]), aliasDuplicateObjects: false });
    return writeMarks(text);
  } catch {
    return null;
  }
}
