import { asLeaf, type ConditionPart, type PartValue, partsOf } from './condition-part.ts';

/** A part with its value, and its parts with theirs. */
export interface ValuedPart extends ConditionPart {
  readonly value: PartValue;
  /** Empty for a leaf. */
  readonly parts: readonly ValuedPart[];
}

/**
 * Gives every part the value that the engine returned. Where the values of the parts do not explain
 * the value of the whole (the engine then evaluates that expression in a way that is not known
 * here), the whole becomes a leaf: an explanation is never a guess.
 */
export function evaluateParts(part: ConditionPart, valueFor: (part: ConditionPart) => PartValue): ValuedPart {
  const value = valueFor(part);
  const parts = partsOf(part).map((each) => evaluateParts(each, valueFor));
  if (part.logic.kind === 'leaf' || follows(part, value, parts)) return { ...part, value, parts };
  return { ...asLeaf(part), value, parts: [] };
}

function follows({ logic }: ConditionPart, value: PartValue, parts: readonly ValuedPart[]): boolean {
  const [first] = parts;
  switch (logic.kind) {
    case 'leaf':
      return true;
    case 'with':
      return value === first?.value;
    case 'not':
      return value === opposite[first?.value ?? 'undefined'];
    case 'gate': {
      const isReached = parts.filter((each) => each.value === 'true').length >= logic.needed;
      return value === (isReached !== logic.isNone ? 'true' : 'false');
    }
  }
}

const opposite: Readonly<Record<PartValue, PartValue>> = { true: 'false', false: 'true', undefined: 'undefined' };
