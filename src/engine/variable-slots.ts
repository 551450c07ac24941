import { type ExternalName, externalNames } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { declarationKey, type VariableSlot } from '../domain/rulesets/variables.ts';
import { tokenize } from '../rules/syntax/lexer.ts';
import { parseSource } from '../rules/syntax/parse.ts';
import { isFreeName } from '../rules/syntax/references.ts';

/** Sources as one compiler receives them, and the variables to define for them. */
export interface PlannedVariables {
  readonly slots: readonly VariableSlot[];
  readonly sources: readonly RuleSource[];
}

/**
 * A compiler has one variable per name. If sources declare a name differently (a preview has the
 * rules of a change and those of its base), all declarations except the first get another name, in
 * a copy of their sources.
 */
export function planVariables(sources: readonly RuleSource[]): PlannedVariables {
  const slots = new Map<string, VariableSlot>();
  const taken = new Set<string>(usedExternals(sources));
  const planned = sources.map((source): RuleSource => {
    const renames = new Map<string, string>();
    for (const declaration of source.variables ?? []) {
      const key = declarationKey(declaration);
      const slot = slots.get(key)?.slot ?? freeName(declaration.name, taken, sources);
      taken.add(slot);
      if (!slots.has(key)) slots.set(key, { ...declaration, slot });
      if (slot !== declaration.name) renames.set(declaration.name, slot);
    }
    return renames.size === 0 ? source : { ...source, source: rename(source.source, renames) };
  });
  return { slots: [...slots.values()], sources: planned };
}

const mayName = new RegExp(`\\b(?:${externalNames.join('|')})\\b`);

/**
 * The built-in variables that the rules use, or seem to use: a module field with the same name
 * counts. In a source that declares a built-in name, it is the declared variable.
 */
export function usedExternals(sources: readonly RuleSource[]): ExternalName[] {
  const named = new Set<string>();
  for (const { source, variables = [] } of sources) {
    // Most sources do not even have the words.
    if (!mayName.test(source)) continue;
    for (const { kind, text } of tokenize(source)) {
      if (kind === 'identifier' && !variables.some(({ name }) => name === text)) named.add(text);
    }
  }
  return externalNames.filter((name) => named.has(name));
}

function freeName(name: string, taken: ReadonlySet<string>, sources: readonly RuleSource[]): string {
  if (!taken.has(name)) return name;
  const words = new Set(sources.flatMap(({ source }) => tokenize(source).map(({ text }) => text)));
  for (let count = 2; ; count += 1) {
    const candidate = `${name}_${count}`;
    if (!taken.has(candidate) && !words.has(candidate)) return candidate;
  }
}

function rename(source: string, renames: ReadonlyMap<string, string>): string {
  const tokens = parseSource(source).rules.flatMap(({ condition }) =>
    condition.filter(({ text }, index) => renames.has(text) && isFreeName(condition, index)),
  );
  return tokens.reduceRight(
    (text, { start, end, text: name }) => `${text.slice(0, start)}${renames.get(name)}${text.slice(end)}`,
    source,
  );
}
