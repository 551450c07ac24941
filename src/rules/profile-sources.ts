import type { RuleSource } from '../domain/rulesets/rule.ts';
import { mutantSource } from './mutate/mutant-source.ts';
import { withVariables } from './source-variables.ts';
import { parseSource } from './syntax/parse.ts';
import type { ParsedPattern, ParsedRule, ParsedSource } from './syntax/syntax.ts';

/** One rule of a file with all that it needs, and nothing else. */
export interface SingleRule {
  readonly name: string;
  readonly source: RuleSource;
  /** Its strings, each in a rule that only searches for it. */
  readonly strings: readonly { readonly identifier: string; readonly source: RuleSource }[];
}

/**
 * Takes the public rules of a file apart: each with the rules that it needs and the global rules of
 * the file, so that it can be measured.
 */
export function singleRules(file: RuleSource, isWanted: (rule: string) => boolean): readonly SingleRule[] {
  const parsed = parseSource(file.source, file.namespace);
  return parsed.rules
    .filter((rule) => !rule.private && isWanted(rule.name))
    .map((rule): SingleRule => {
      const nothing = { start: 0, end: 0, text: '' };
      const text = mutantSource(file.source, parsed, nothing, neededRules(parsed, rule));
      return {
        name: rule.name,
        source: withVariables({ namespace: file.namespace, source: text }, file.variables),
        strings: rule.patterns.map((pattern) => ({
          identifier: pattern.identifier,
          source: { namespace: file.namespace, source: searchFor(file.source, pattern) },
        })),
      };
    });
}

function searchFor(source: string, pattern: ParsedPattern): string {
  return `rule Only { strings: ${source.slice(pattern.start, pattern.end)}\n condition: any of them }`;
}

function neededRules({ rules }: ParsedSource, rule: ParsedRule): ReadonlySet<string> {
  const needed = new Set([rule.name, ...rules.filter((each) => each.global).map(({ name }) => name)]);
  // Rules need only earlier ones.
  for (const { name, references } of rules.toReversed()) {
    if (!needed.has(name)) continue;
    for (const each of references.rules) needed.add(each);
    for (const prefix of references.wildcards) {
      for (const each of rules) if (each.name.startsWith(prefix)) needed.add(each.name);
    }
  }
  return needed;
}
