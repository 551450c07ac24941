import type { VariableDeclaration } from './variables.ts';

export type MetaValue = string | number | boolean;

/** Meta in source order; YARA allows an identifier more than once. */
export interface MetaEntry {
  readonly identifier: string;
  readonly value: MetaValue;
}

/** One rule source as the engine takes it: includes resolved, one file per namespace. */
export interface RuleSource {
  /** The path of the file below the rules folder, with `/`, for example `webshell/php.yar`. */
  readonly namespace: string;
  readonly source: string;
  /** The declared variables that it names, in the order of their names. Absent where it names none. */
  readonly variables?: readonly VariableDeclaration[];
}

/** One rule of a ruleset. */
export interface RuleEntry {
  readonly namespace: string;
  readonly name: string;
  /** Lower-case hex SHA-256 of everything that decides what the rule matches (docs/reference/rules.md, "Logic hash"). */
  readonly logicHash: string;
  readonly tags: readonly string[];
  readonly meta: readonly MetaEntry[];
  readonly private: boolean;
  readonly global: boolean;
  /** Names of the rules of the same namespace that its condition needs, globals of the namespace included; transitive, in source order. */
  readonly dependencies: readonly string[];
}

/** `namespace:name`, the identity of a rule for people and for matches. */
export function ruleId(rule: { readonly namespace: string; readonly name: string }): string {
  return `${rule.namespace}:${rule.name}`;
}

/** The first meta value of that identifier, as text. */
export function metaText(rule: { readonly meta: readonly MetaEntry[] }, identifier: string): string | undefined {
  const entry = rule.meta.find((each) => each.identifier === identifier);
  return entry === undefined ? undefined : String(entry.value);
}

/** A staged rule (meta `status = "staged"`) records matches and does not alert. */
export function isStaged(rule: { readonly meta: readonly MetaEntry[] }): boolean {
  return metaText(rule, 'status') === 'staged';
}
