/** The value of a part: YARA has three. A rule whose condition is undefined does not match. */
export type PartValue = 'true' | 'false' | 'undefined';

/** One part of a condition, as a tree. Only parts without parts of their own are `leaf`. */
export interface ConditionPart {
  /** As written, on one line, without comments and outer brackets. */
  readonly text: string;
  /**
   * A complete expression with the value of this part: the variables of a `with` around it are
   * part of it. Parts with equal expressions have equal values.
   */
  readonly expression: string;
  /** Patterns that the expression uses, by their index in the rule. */
  readonly patterns: readonly number[];
  /** UTF-16 code units from the start of the source. */
  readonly start: number;
  readonly logic: PartLogic;
}

/** How the value of a part follows from those of its parts. */
export type PartLogic =
  | {
      readonly kind: 'leaf';
      /** Expressions inside whose values explain it: the sides of a comparison, an offset. */
      readonly operands: readonly Operand[];
      /** `true` or `false`. */
      readonly isConstant: boolean;
      /** The pattern, if the part is only that: it is true if the pattern matches. */
      readonly pattern?: number;
      /** The name of the rule, if the part is only that. */
      readonly rule?: string;
    }
  | { readonly kind: 'not'; readonly of: readonly [ConditionPart] }
  /** Has the value of its body. */
  | { readonly kind: 'with'; readonly of: readonly [ConditionPart] }
  /** True if at least this many are true; with `isNone`, if fewer are. Never undefined. */
  | {
      readonly kind: 'gate';
      readonly word: 'and' | 'or' | 'of';
      readonly needed: number;
      readonly isNone: boolean;
      readonly of: readonly ConditionPart[];
    };

/** An expression whose value is a number, text or truth value. */
export interface Operand {
  readonly text: string;
  /** Heads of the `with` expressions around it, from the outside. */
  readonly heads: readonly string[];
  readonly patterns: readonly number[];
}

/** Returns an expression within the `with` expressions whose variables it may use. */
export function withHeads(text: string, heads: readonly string[]): string {
  return heads.reduceRight((inner, head) => `${head} : ( ${inner} )`, text);
}

/** The parts of a part. */
export function partsOf({ logic }: ConditionPart): readonly ConditionPart[] {
  return logic.kind === 'leaf' ? [] : logic.of;
}

/** A part and all parts below it, in the order of the text. */
export function allParts(part: ConditionPart): readonly ConditionPart[] {
  return [part, ...partsOf(part).flatMap(allParts)];
}

/** Returns the same part without parts of its own. Operands are not known for it. */
export function asLeaf(part: ConditionPart): ConditionPart {
  return { ...part, logic: { kind: 'leaf', operands: [], isConstant: false } };
}
