import { createHash } from 'node:crypto';
import type { RuleEntry, RuleSource } from '../domain/rule.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { hashRules } from './logic-hash.ts';
import { parseSource } from './parse.ts';

/** Builds a ruleset of sources that the engine accepts. */
export function buildRuleset(sources: readonly RuleSource[], engine: Ruleset['engine']): Ruleset {
  const sorted = sources
    .map(({ namespace, source }): RuleSource => ({ namespace, source }))
    .sort((a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0));
  return {
    format: 1,
    id: rulesetId(sorted, engine),
    engine,
    sources: sorted,
    rules: sorted.flatMap((source) => entriesOf(source, engine)),
  };
}

/** SHA-256 over engine and sources, in hex. */
export function rulesetId(sources: readonly RuleSource[], engine: Ruleset['engine']): string {
  const content = JSON.stringify([
    1,
    engine.name,
    engine.version,
    sources.map(({ namespace, source }) => [namespace, source]),
  ]);
  return createHash('sha256').update(content).digest('hex');
}

function entriesOf({ namespace, source }: RuleSource, engine: Ruleset['engine']): RuleEntry[] {
  return hashRules(parseSource(source), `${engine.name} ${engine.version}`).map(
    ({ rule, logicHash, dependencies }): RuleEntry => ({
      ...{ namespace, name: rule.name, logicHash, tags: rule.tags, meta: rule.meta },
      ...{ private: rule.private, global: rule.global, dependencies },
    }),
  );
}

/**
 * The smallest ruleset that carries the rules with these logic hashes: they themselves, what they depend on, the global rules of their namespaces, and the
 * imports of their files. Rules keep their logic hashes in it.
 */
export function subsetRuleset(ruleset: Ruleset, logicHashes: ReadonlySet<string>): Ruleset {
  const sources = ruleset.sources.flatMap((source): RuleSource[] => {
    const rules = ruleset.rules.filter((rule) => rule.namespace === source.namespace);
    const names = new Set(
      rules.filter((rule) => logicHashes.has(rule.logicHash)).flatMap((rule) => [rule.name, ...rule.dependencies]),
    );
    if (names.size === 0) return [];
    if (rules.every((rule) => names.has(rule.name))) return [source];
    return [{ namespace: source.namespace, source: cutOut(source.source, names) }];
  });
  return buildRuleset(sources, ruleset.engine);
}

function cutOut(source: string, names: ReadonlySet<string>): string {
  const { imports, rules } = parseSource(source);
  const kept = [
    ...imports.map(({ start, end }) => source.slice(start, end)),
    ...rules.filter((rule) => names.has(rule.name)).map(({ start, end }) => source.slice(start, end)),
  ];
  return `${kept.join('\n')}\n`;
}
