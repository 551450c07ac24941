import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { MetaEntry } from '../../domain/rulesets/rule.ts';
import type { Token } from './lexer.ts';

/** A range of a source. */
export interface Span {
  /** UTF-16 code units from the start of the source. */
  readonly start: number;
  /** After the last code unit. */
  readonly end: number;
  /** Line of `start`, from 1. */
  readonly line: number;
}

/** An `import` or `include` statement; the span covers the whole statement. */
export interface ParsedStatement extends Span {
  /** The name of the module, or the path of the file, with escapes decoded. */
  readonly value: string;
}

/** One pattern of a rule; the span runs from its identifier to its last modifier. */
export interface ParsedPattern extends Span {
  /** With its `$`; an anonymous pattern has only that. */
  readonly identifier: string;
  readonly kind: 'text' | 'hex' | 'regexp';
  /** Text as written, with its quotes, slashes or braces. */
  readonly value: string;
  /**
   * Each in one spelling (`xor(0-255)`, numbers decimal, alphabets as hex of their bytes), sorted.
   */
  readonly modifiers: readonly string[];
}

/**
 * The targets of the names in a condition. Each list is without repetition, in the order of first
 * use.
 */
export interface References {
  /** Earlier rules of the same source. */
  readonly rules: readonly string[];
  /** Prefixes of rule sets: `a_` for `any of (a_*)`. */
  readonly wildcards: readonly string[];
  /** Modules that the source imports. */
  readonly modules: readonly string[];
  /**
   * All other names that are neither functions, fields nor variables of a loop or `with`: external
   * variables.
   */
  readonly variables: readonly string[];
}

/** One rule; the span runs from its first modifier to its closing brace. */
export interface ParsedRule extends Span {
  readonly name: string;
  readonly private: boolean;
  readonly global: boolean;
  readonly tags: readonly string[];
  /** In source order; identifiers may repeat. */
  readonly meta: readonly MetaEntry[];
  readonly patterns: readonly ParsedPattern[];
  /** The text between `condition:` and the closing brace. */
  readonly condition: readonly Token[];
  readonly references: References;
  readonly parts: {
    readonly name: Span;
    /** From `meta` to the last value; null if the rule has none. */
    readonly meta: Span | null;
    /** From `strings` to the last pattern; null if the rule has none. */
    readonly strings: Span | null;
    /** Only the expression, without `condition:`. */
    readonly condition: Span;
  };
}

/** A source, split into rules. */
export interface ParsedSource {
  readonly imports: readonly ParsedStatement[];
  readonly includes: readonly ParsedStatement[];
  /** In source order. Text that does not parse as a rule is left out and is among the problems. */
  readonly rules: readonly ParsedRule[];
  /**
   * Text that could not be understood; empty for every source that the engine accepts. Codes
   * `parse/…`.
   */
  readonly problems: readonly Diagnostic[];
  /** The text of each problem, up to where parsing resumed. In source order, as the problems. */
  readonly broken: readonly Span[];
}
