import test from 'ava';
import fc from 'fast-check';
import { runs } from '../../testing/runs.ts';
import type { ConditionPart, PartValue } from './condition-part.ts';
import { decidingParts } from './deciding-parts.ts';
import { evaluateParts, type ValuedPart } from './evaluate-parts.ts';

type Tree =
  | string
  | { readonly not: Tree }
  | { readonly of: readonly Tree[]; readonly needed: number; readonly isNone: boolean };

const treeOver = (names: fc.Arbitrary<string>) =>
  fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      { weight: 2, arbitrary: names },
      { weight: 1, arbitrary: fc.record({ not: tie('tree') }) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), fc.nat(2), fc.boolean())
          .map(([of, extra, isNone]) => ({ of, needed: isNone ? 1 : 1 + (extra % of.length), isNone })),
      },
    ),
  })).tree;

function partOf(tree: Tree, start = { at: 0 }): ConditionPart {
  const at = { text: '', expression: '', patterns: [], start: start.at++ };
  if (typeof tree === 'string') {
    const isConstant = tree === 'true' || tree === 'false';
    return { ...at, text: tree, expression: tree, logic: { kind: 'leaf', operands: [], isConstant } };
  }
  if ('not' in tree) return { ...at, logic: { kind: 'not', of: [partOf(tree.not, start)] } };
  const { needed, isNone } = tree;
  return { ...at, logic: { kind: 'gate', word: 'of', needed, isNone, of: tree.of.map((each) => partOf(each, start)) } };
}

/** The value of a tree by the rules of the language. */
function evaluate(tree: Tree, valueFor: (name: string) => PartValue): PartValue {
  if (typeof tree === 'string') return tree === 'true' || tree === 'false' ? tree : valueFor(tree);
  if ('not' in tree) {
    const value = evaluate(tree.not, valueFor);
    return value === 'undefined' ? value : value === 'true' ? 'false' : 'true';
  }
  const isReached = tree.of.filter((each) => evaluate(each, valueFor) === 'true').length >= tree.needed;
  return isReached !== tree.isNone ? 'true' : 'false';
}

function valued(tree: Tree, valueFor: (name: string) => PartValue): ValuedPart {
  const values = (of: Tree): Tree[] =>
    typeof of === 'string' ? [of] : [of, ...('not' in of ? values(of.not) : of.of.flatMap(values))];
  const order = values(tree);
  // Parts and trees are numbered in the same order.
  return evaluateParts(partOf(tree), ({ start }) => evaluate(order[start] ?? 'false', valueFor));
}

const values: readonly PartValue[] = ['true', 'false', 'undefined'];
const names = ['a', 'b', 'c', 'd', 'e'];
const assignments = fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...values)])));

test('the deciding parts decide whatever the other parts are, and none of them can be left out', (t) => {
  fc.assert(
    fc.property(treeOver(fc.constantFrom(...names, 'true', 'false')), assignments, (tree, given) => {
      const valueFor = (name: string): PartValue => given[name] ?? 'undefined';
      const root = valued(tree, valueFor);
      const chosen = decidingParts(root).map(({ text }) => text);
      t.true(decides(tree, given, chosen));
      for (const name of chosen) {
        t.false(
          decidesByParts(
            root,
            chosen.filter((each) => each !== name),
          ),
        );
      }
    }),
    { numRuns: runs(400) },
  );
});

test('if no part occurs twice, no smaller set decides', (t) => {
  fc.assert(
    fc.property(treeOver(fc.constant('x')), fc.infiniteStream(fc.constantFrom(...values)), (shape, stream) => {
      let count = 0;
      const rename = (tree: Tree): Tree => {
        if (typeof tree === 'string') return `x${count++}`;
        return 'not' in tree ? { not: rename(tree.not) } : { ...tree, of: tree.of.map(rename) };
      };
      const tree = rename(shape);
      fc.pre(count <= 6);
      const given = Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`x${at}`, stream.next().value ?? 'true']),
      );
      const chosen = decidingParts(valued(tree, (name) => given[name] ?? 'undefined'));
      for (const some of subsets(Object.keys(given))) {
        if (some.length < chosen.length) t.false(decides(tree, given, some));
      }
    }),
    { numRuns: runs(150) },
  );
});

/** By trying all values of the other leaves. */
function decides(tree: Tree, given: Readonly<Record<string, PartValue>>, known: readonly string[]): boolean {
  const others = Object.keys(given).filter((name) => !known.includes(name));
  const isTrue = (trial: Readonly<Record<string, PartValue>>) =>
    evaluate(tree, (name) => trial[name] ?? 'undefined') === 'true';
  const wanted = isTrue(given);
  const tryAll = (left: readonly string[], trial: Readonly<Record<string, PartValue>>): boolean => {
    const [next, ...rest] = left;
    if (next === undefined) return isTrue(trial) === wanted;
    return values.every((value) => tryAll(rest, { ...trial, [next]: value }));
  };
  return tryAll(others, given);
}

/** By the parts, each of which is independent of the others. */
function decidesByParts(root: ValuedPart, known: readonly string[]): boolean {
  const possible = (part: ValuedPart): ReadonlySet<PartValue> => {
    const { logic } = part;
    const inner = part.parts.map(possible);
    if (logic.kind === 'leaf') return new Set(logic.isConstant || known.includes(part.text) ? [part.value] : values);
    if (logic.kind === 'not') {
      const flip = { true: 'false', false: 'true', undefined: 'undefined' } as const;
      return new Set([...(inner[0] ?? [])].map((each) => flip[each]));
    }
    if (logic.kind === 'with') return inner[0] ?? new Set();
    const counts = [
      inner.filter((each) => each.size === 1 && each.has('true')).length,
      inner.filter((each) => each.has('true')).length,
    ];
    return new Set(counts.map((count): PartValue => (count >= logic.needed !== logic.isNone ? 'true' : 'false')));
  };
  const found = possible(root);
  return root.value === 'true' ? found.size === 1 && found.has('true') : !found.has('true');
}

function subsets(all: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = all;
  if (first === undefined) return [[]];
  return subsets(rest).flatMap((each) => [each, [first, ...each]]);
}
