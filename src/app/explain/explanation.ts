import type { InsideSummary } from '../../domain/inside/inside.ts';
import type { MatchedMember, MatchedString } from '../../domain/scans/match.ts';
import type { PartValue } from '../../rules/explain/condition-part.ts';

/** An expression inside a part, and its value as text. */
export interface ExplainedOperand {
  readonly text: string;
  /** As the engine prints it. The text `undefined` if it is undefined; null if it is not known. */
  readonly value: string | null;
}

/** A part of a condition with its value. */
export interface ExplainedPart {
  readonly text: string;
  readonly value: PartValue;
  /** `leaf` for a part without parts of its own. `of` is also `for … of`. */
  readonly kind: 'leaf' | 'not' | 'with' | 'and' | 'or' | 'of';
  /** Line in the source, from 1. */
  readonly line: number;
  /** Whether it is one of the parts that decide. */
  readonly decides: boolean;
  readonly operands: readonly ExplainedOperand[];
  readonly parts: readonly ExplainedPart[];
}

/** A pattern of a rule and its matches in the file, whatever the condition requires of them. */
export interface ExplainedPattern {
  /** With its `$`; anonymous ones are named by position: `$ (2)`. */
  readonly identifier: string;
  /** Value and modifiers as written. */
  readonly text: string;
  /** Number of matches. */
  readonly total: number;
  /** The first ones, at most `reportedMatchesPerPattern`. */
  readonly matches: readonly Omit<MatchedString, 'identifier'>[];
}

/** Another rule that has a part in the decision. */
export interface ExplainedNeed {
  readonly rule: string;
  /** A global rule of the same file: it must match, too. */
  readonly isGlobal: boolean;
  readonly matches: boolean;
}

export interface RuleExplanation {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  /** Whether the engine reports the rule for this file (if the rule were public). */
  readonly matches: boolean;
  readonly condition: ExplainedPart;
  readonly patterns: readonly ExplainedPattern[];
  readonly needs: readonly ExplainedNeed[];
  /**
   * The smallest set of parts that decides the result, whatever the values of all others. Global
   * rules are named by their id. Empty for a condition that is constant.
   */
  readonly deciding: readonly string[];
  /** Present if a pattern matched more often than conditions see. */
  readonly matchLimitReached?: true;
  /** Present for a container that the rule does not match itself, if members are scanned. */
  readonly inside?: ExplainedInside;
}

/** Members of a container that a rule matches. */
export interface ExplainedInside extends InsideSummary {
  /** The first members that it matches. */
  readonly members: readonly MatchedMember[];
  /** The number of members that it matches. */
  readonly membersTotal: number;
}
