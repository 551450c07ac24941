import { hash } from 'node:crypto';
import { RearviewError } from '../domain/errors.ts';
import { formatDiagnostic } from '../domain/rulesets/diagnostic.ts';
import { type RuleEntry, type RuleSource, ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { declarationKey } from '../domain/rulesets/variables.ts';
import { hashRules } from './logic-hash.ts';
import { type Memo, noMemo, remembered } from './memo.ts';
import { withVariables } from './source-variables.ts';
import { parseSource } from './syntax/parse.ts';
import type { ParsedSource } from './syntax/syntax.ts';

/**
 * Builds a ruleset from sources that the engine accepts, in any order.
 * @param memo remembers the rules of each source. Default: it remembers nothing
 * @throws RearviewError `ERR_RULES_INVALID` if two sources have the same namespace, or a source
 *   cannot be split into rules
 */
export function buildRuleset(sources: readonly RuleSource[], engine: Ruleset['engine'], memo: Memo = noMemo): Ruleset {
  const sorted = inOrder(sources);
  const { name, version } = engine;
  return {
    id: rulesetId(sorted, engine),
    engine: { name, version },
    sources: sorted,
    rules: rulesOf(sorted, engine, memo),
  };
}

/**
 * The rules of sources that the engine accepts, as in the ruleset of these sources.
 * @throws RearviewError as `buildRuleset`
 */
export function describeRules(
  sources: readonly RuleSource[],
  engine: Ruleset['engine'],
  memo: Memo = noMemo,
): readonly RuleEntry[] {
  return rulesOf(inOrder(sources), engine, memo);
}

function inOrder(sources: readonly RuleSource[]): readonly RuleSource[] {
  const sorted = sources
    .map((source) => withVariables(source, source.variables))
    .sort((a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0));
  const twice = sorted.find(({ namespace }, index) => sorted[index - 1]?.namespace === namespace);
  if (twice !== undefined) {
    throw new RearviewError(
      'ERR_RULES_INVALID',
      `The namespace ${twice.namespace} has two sources: give each file its own path.`,
    );
  }
  return sorted;
}

function rulesOf(sorted: readonly RuleSource[], { name, version }: Ruleset['engine'], memo: Memo): RuleEntry[] {
  const engine = { name, version };
  return sorted.flatMap((source) =>
    remembered(memo, 'rules of a source', [source, engine], () => ruleEntries(source, engine)),
  );
}

/**
 * Part of every id. Rules whose logic hashes now have another meaning are therefore another
 * ruleset, which is published and scanned with.
 */
const idForm = 2;

/**
 * Returns the identity of a ruleset: lower-case hex SHA-256 over the engine and the sources, in the
 * given order.
 */
export function rulesetId(sources: readonly RuleSource[], engine: Ruleset['engine'], form = idForm): string {
  const content = [
    ...[form, engine.name, engine.version],
    sources.map(({ namespace, source, variables }) => [
      ...[namespace, source],
      ...(variables === undefined ? [] : [variables.map(declarationKey)]),
    ]),
  ];
  return hash('sha256', JSON.stringify(content));
}

function ruleEntries({ namespace, source, variables }: RuleSource, engine: Ruleset['engine']): RuleEntry[] {
  const parsed = parseWhole(namespace, source);
  const hashed = hashRules(parsed, `${engine.name} ${engine.version}`, { namespace, variables });
  return hashed.map(({ rule, logicHash, dependencies }) => ({
    namespace,
    name: rule.name,
    logicHash,
    tags: rule.tags,
    meta: rule.meta,
    private: rule.private,
    global: rule.global,
    dependencies,
  }));
}

/**
 * Returns the smallest ruleset that contains all rules with these logic hashes, their dependencies,
 * the global rules of their namespaces, and the modules that these use. Every rule keeps its logic
 * hash; supporting rules are also listed. Rules are cut out as a whole: comments between them and
 * their line numbers are lost.
 */
export function subsetRuleset(ruleset: Ruleset, logicHashes: ReadonlySet<string>): Ruleset {
  const wanted = new Set(
    ruleset.rules
      .filter((rule) => logicHashes.has(rule.logicHash))
      .flatMap((rule) => [rule.name, ...rule.dependencies].map((name) => ruleId({ ...rule, name }))),
  );
  const carried = Map.groupBy(
    ruleset.rules.filter((rule) => wanted.has(ruleId(rule))),
    (rule) => rule.namespace,
  );
  const sources = ruleset.sources.flatMap(({ namespace, source, variables }): RuleSource[] => {
    const names = carried.get(namespace)?.map((rule) => rule.name);
    return names === undefined
      ? []
      : [withVariables({ namespace, source: cutRules(namespace, source, new Set(names)) }, variables)];
  });
  return buildRuleset(sources, ruleset.engine);
}

function cutRules(namespace: string, source: string, names: ReadonlySet<string>): string {
  const { imports, rules } = parseWhole(namespace, source);
  const kept = rules.filter((rule) => names.has(rule.name));
  // An imported module runs on every file, used or not.
  const modules = new Set(kept.flatMap((rule) => rule.references.modules));
  const firsts = new Map(imports.toReversed().map((each) => [each.value, each]));
  const used = imports.filter((each) => modules.has(each.value) && firsts.get(each.value) === each);
  const lines = [...used, ...kept].map(({ start, end }) => source.slice(start, end));
  return `${lines.join('\n')}\n`;
}

function parseWhole(namespace: string, source: string): ParsedSource {
  const parsed = parseSource(source, namespace);
  const [problem] = parsed.problems;
  if (problem !== undefined) {
    throw new RearviewError('ERR_RULES_INVALID', `Cannot split the source into rules: ${formatDiagnostic(problem)}`);
  }
  return parsed;
}

/** Returns whether a ruleset of this version, or of an earlier one, has this id. */
export function isRulesetId(id: string, sources: readonly RuleSource[], engine: Ruleset['engine']): boolean {
  return [idForm, 1].some((form) => rulesetId(sources, engine, form) === id);
}
