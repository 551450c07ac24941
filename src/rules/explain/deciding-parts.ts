import type { PartValue } from './condition-part.ts';
import type { ValuedPart } from './evaluate-parts.ts';

/** A property of a value that a proof shows. */
type Claim = 'true' | 'not true' | 'false' | 'not false';

const opposites: Readonly<Record<Claim, Claim>> = {
  true: 'false',
  false: 'true',
  'not true': 'not false',
  'not false': 'not true',
};

/**
 * Returns the smallest set of leaves whose values decide whether a condition is true, whatever the
 * values of all others: for a false `and` one false part, for a true one all of them. No leaf can
 * be left out. Where no expression occurs twice, no set with fewer leaves decides either. Equal
 * expressions count as one leaf, the first of them. Empty for a condition that is constant.
 */
export function decidingParts(root: ValuedPart): readonly ValuedPart[] {
  const claim: Claim = root.value === 'true' ? 'true' : 'not true';
  const chosen = new Map(proof(root, claim).map((leaf) => [leaf.expression, leaf]));
  for (const [expression, leaf] of [...chosen]) {
    chosen.delete(expression);
    if (!isDecided(root, claim, chosen)) chosen.set(expression, leaf);
  }
  return [...chosen.values()].sort((a, b) => a.start - b.start);
}

/** Returns whether the values of these leaves decide the claim, whatever the values of the others. */
export function isDecided(root: ValuedPart, claim: Claim, known: ReadonlyMap<string, ValuedPart>): boolean {
  return [...possibleValues(root, known)].every((value) => holds(value, claim));
}

/** The values that a part can have if only some leaves are known. */
function possibleValues(part: ValuedPart, known: ReadonlyMap<string, ValuedPart>): ReadonlySet<PartValue> {
  const { logic, parts } = part;
  if (logic.kind === 'leaf') {
    return new Set(logic.isConstant || known.has(part.expression) ? [part.value] : ['true', 'false', 'undefined']);
  }
  const inner = parts.map((each) => possibleValues(each, known));
  if (logic.kind === 'with') return inner[0] ?? new Set();
  if (logic.kind === 'not') {
    return new Set([...(inner[0] ?? [])].map((each) => (each === 'true' ? 'false' : each === 'false' ? 'true' : each)));
  }
  const certain = inner.filter((values) => values.size === 1 && values.has('true')).length;
  const possible = inner.filter((values) => values.has('true')).length;
  const reached: PartValue[] = possible >= logic.needed ? [logic.isNone ? 'false' : 'true'] : [];
  const missed: PartValue[] = certain < logic.needed ? [logic.isNone ? 'true' : 'false'] : [];
  return new Set([...reached, ...missed]);
}

function holds(value: PartValue, claim: Claim): boolean {
  return claim.startsWith('not ') ? value !== claim.slice(4) : value === claim;
}

/** The smallest proof of a claim that holds, if no expression occurs twice. */
function proof(part: ValuedPart, claim: Claim): readonly ValuedPart[] {
  const { logic, parts } = part;
  if (logic.kind === 'leaf') return logic.isConstant ? [] : [part];
  if (logic.kind === 'with') return parts.flatMap((each) => proof(each, claim));
  if (logic.kind === 'not') return parts.flatMap((each) => proof(each, opposites[claim]));
  // Never undefined: `not false` is `true`.
  const isReached = (claim === 'true' || claim === 'not false') !== logic.isNone;
  const inner: Claim = isReached ? 'true' : 'not true';
  return parts
    .filter(({ value }) => holds(value, inner))
    .map((each) => proof(each, inner))
    .toSorted((a, b) => a.length - b.length)
    .slice(0, isReached ? logic.needed : parts.length - logic.needed + 1)
    .flat();
}
