import type { Severity } from '../../domain/rulesets/severity.ts';

/** States that a source gives to its rules: they alert, they only record matches, or they are ignored. */
export const sourceStates = ['active', 'staged', 'off'] as const;

export type SourceState = (typeof sourceStates)[number];

/** A branch, a tag, or a commit by its full hash. */
export interface SourceRef {
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly name: string;
}

/** Patterns of what is taken; an empty `include` takes everything that `exclude` does not name. */
export interface SourceFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The value of a meta entry for which a severity applies. */
export type SeverityCondition =
  /** Equal to this text, in lower case, or to the number that it spells. */
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'number'; readonly operator: '>=' | '>' | '<=' | '<'; readonly number: number }
  | { readonly kind: 'any' };

/** How one meta identifier of a pack becomes a severity; the first case that applies counts. */
export interface SeverityMapping {
  /** Meta identifier of the pack, for example `score`. */
  readonly from: string;
  /** Exact values first, then comparisons as they are written, then `*`. */
  readonly cases: readonly { readonly when: SeverityCondition; readonly severity: Severity }[];
}

/** How the meta of a pack becomes that of Rearview. */
export interface MetaMapping {
  /** Tried in this order; empty if there is none. */
  readonly severity: readonly SeverityMapping[];
}

/** One repository of rules, as `sources.yaml` or `rule_sources.json` describes it. */
export interface RuleSourceConfig {
  readonly name: string;
  /**
   * `https://…`, `ssh://…`, `user@host:path`, `file:///…`, or a local path: absolute, or relative
   * to the rules folder if it starts with a dot.
   */
  readonly url: string;
  /** Null: the default branch of the repository. */
  readonly ref: SourceRef | null;
  /** Patterns of paths in the repository, as `isExcluded` reads them. */
  readonly files: SourceFilter;
  /** Names of rules; `*` matches any characters, `?` one. */
  readonly rules: SourceFilter;
  /** Tags of rules; a rule is taken if one of its tags is included and none is excluded. */
  readonly tags: SourceFilter;
  /** SPDX identifier that the repository is expected to have; null if none is declared. */
  readonly licence: string | null;
  readonly state: SourceState;
  /** Name of its folder below `rules/vendor`, the start of the namespaces of its rules. */
  readonly namespace: string;
  /** Severity of rules that have none after the mapping; null: they stay without. */
  readonly severity: Severity | null;
  readonly meta: MetaMapping;
  /**
   * Limit for the time of its rules, as a multiple of a rule with one plain text; null: that of the
   * configuration.
   */
  readonly budget: number | null;
}
