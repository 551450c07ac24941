import type { VariableDeclaration } from './variables.ts';

export type MetaValue = string | number | boolean;

/** Meta in source order; YARA allows repeated identifiers. */
export interface MetaEntry {
  readonly identifier: string;
  readonly value: MetaValue;
}

/** One rule source as the engine receives it: includes resolved, one file per namespace. */
export interface RuleSource {
  /** The path of the file below the rules folder, with `/`, for example `webshell/php.yar`. */
  readonly namespace: string;
  readonly source: string;
  /** The declared variables it uses, sorted by name. Absent if it uses none. */
  readonly variables?: readonly VariableDeclaration[];
}

/** One rule of a ruleset. */
export interface RuleEntry {
  readonly namespace: string;
  readonly name: string;
  /**
   * Lower-case hex SHA-256 of everything that affects what the rule matches (docs/reference/rules.md, "Logic
   * hash").
   */
  readonly logicHash: string;
  readonly tags: readonly string[];
  readonly meta: readonly MetaEntry[];
  readonly private: boolean;
  readonly global: boolean;
  /**
   * Names of the rules of the same namespace that its condition needs, including globals of the
   * namespace; transitive, in source order.
   */
  readonly dependencies: readonly string[];
}

/** Returns `namespace:name`, the identity of a rule for users and for matches. */
export function ruleId(rule: { readonly namespace: string; readonly name: string }): string {
  return `${rule.namespace}:${rule.name}`;
}

/** Returns the first meta value of an identifier as text. */
export function metaText(rule: { readonly meta: readonly MetaEntry[] }, identifier: string): string | undefined {
  const entry = rule.meta.find((each) => each.identifier === identifier);
  return entry === undefined ? undefined : String(entry.value);
}

/**
 * Returns whether a rule is staged (meta `status = "staged"`): it records matches and does not
 * alert.
 */
export function isStaged(rule: { readonly meta: readonly MetaEntry[] }): boolean {
  return metaText(rule, 'status') === 'staged';
}
