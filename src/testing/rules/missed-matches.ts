import { externalsOf } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { compile } from '../../engine/compile.ts';
import type { CompiledRules } from '../../engine/compiled-rules.ts';
import { gramsOf, mayMatch } from '../../rules/requirement/evaluate.ts';
import { factsOf } from '../../rules/requirement/facts-of.ts';
import { createRequirementReader } from '../../rules/requirement/read-requirement.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';
import { parseSource } from '../../rules/syntax/parse.ts';

/** What a comparison of requirements with the engine has found. */
export interface Comparison {
  /** Matches of the engine in contents that the requirement of the rule excludes: `rule: content`. */
  readonly missed: readonly string[];
  /** Pairs of a rule and a content. */
  readonly matched: number;
  /** The same, of the first rules only. */
  readonly excluded: number;
}

/** Rules whose excluded contents are counted. */
const maxCounted = 50;
const externals = externalsOf('/srv/in/report.final.PDF');

/** Options of a comparison. */
export interface ComparisonOptions {
  /** The sources from which requirements are read. Default: the same. */
  readonly read?: readonly RuleSource[];
  /** Opens the sources in the engine. Default: `compile`, which is slow to scan with many rules. */
  readonly open?: (sources: readonly RuleSource[]) => Pick<CompiledRules, 'scan'> & Partial<Disposable>;
}

/** Scans contents with the engine, and evaluates the requirements of the rules on them. */
export function compareWithEngine(
  sources: readonly RuleSource[],
  contents: Iterable<Uint8Array>,
  { read = sources, open = compile }: ComparisonOptions = {},
): Comparison {
  const rules = open(sources);
  const requirements = new Map(read.flatMap(requirementsOf));
  const missed: string[] = [];
  let [matched, excluded] = [0, 0];
  for (const content of contents) {
    const grams = gramsOf(content);
    const known = { facts: factsOf(content), hasGram: (gram: number) => grams.has(gram) };
    const found = new Set(rules.scan(Buffer.from(content), externals).map((each) => `${each.namespace}:${each.rule}`));
    matched += found.size;
    for (const rule of found) {
      const requirement = requirements.get(rule);
      if (requirement === undefined || mayMatch(requirement, known)) continue;
      missed.push(`${rule}: ${JSON.stringify(Buffer.from(content).toString('latin1').slice(0, 200))}`);
    }
    // Of many rules a part is enough to show that something is excluded.
    for (const requirement of [...requirements.values()].slice(0, maxCounted)) {
      if (!mayMatch(requirement, known)) excluded += 1;
    }
  }
  rules[Symbol.dispose]?.();
  return { missed, matched, excluded };
}

function requirementsOf({ namespace, source }: RuleSource): readonly (readonly [string, Requirement])[] {
  const { rules } = parseSource(source);
  const read = createRequirementReader(rules);
  return rules.map(({ name }) => [`${namespace}:${name}`, read(name)] as const);
}
