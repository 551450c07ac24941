import { isStaged, metaText } from '../../domain/rulesets/rule.ts';
import { blankSpans } from '../quarantine/blank-spans.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { mappedSeverity } from './mapped-severity.ts';
import type { RuleSourceConfig } from './source-config.ts';
import { takesRule } from './source-filter.ts';

/** A text to be put into a source. */
interface Insertion {
  /** UTF-16 code units from the start. */
  readonly at: number;
  readonly text: string;
}

/**
 * Removes the rules of a file that its source in `sources.yaml` does not take, unless a rule which is
 * taken needs them. Lines and columns stay.
 */
export function takenRules(source: string, config: RuleSourceConfig): string {
  const { rules } = parseSource(source);
  const { taken, needed } = choose(rules, config);
  const kept = new Set([...taken, ...needed]);
  return blankSpans(
    source,
    rules.filter((rule) => !kept.has(rule)),
  );
}

/**
 * Describes the rules of a file as its source in `sources.yaml` wants them:
 *
 * - `severity` and `status = "staged"` are put first in the meta of each public rule that needs it.
 * - A rule that is there only because another needs it becomes private.
 *
 * Every line keeps its number; columns after a text that was put in do not.
 */
export function describedRules(source: string, config: RuleSourceConfig): string {
  const { taken, needed } = choose(parseSource(source).rules, config);
  return insert(source, [
    ...needed.map(({ start: at }) => ({ at, text: 'private ' })),
    ...taken.flatMap((rule) => metaInsertion(rule, source, config)),
  ]);
}

/** The rules that a source takes, and the others that these need. */
function choose(rules: readonly ParsedRule[], config: RuleSourceConfig) {
  const taken = new Set(rules.filter((rule) => rule.private || takesRule(config, rule)));
  // A global rule is a gate of its file, whatever its name.
  const needed = neededBy([...taken, ...rules.filter((rule) => rule.global)], rules);
  return {
    taken: [...taken],
    needed: rules.filter((rule) => !taken.has(rule) && (rule.global || needed.has(rule))),
  };
}

/** The rules that others refer to, directly or by further rules. */
function neededBy(taken: readonly ParsedRule[], rules: readonly ParsedRule[]): ReadonlySet<ParsedRule> {
  const byName = new Map(rules.toReversed().map((rule) => [rule.name, rule]));
  const needed = new Set<ParsedRule>();
  const todo = [...taken];
  for (let rule = todo.pop(); rule !== undefined; rule = todo.pop()) {
    const { rules: names, wildcards } = rule.references;
    const members = rules.filter(({ name }) => wildcards.some((prefix) => name.startsWith(prefix)));
    for (const each of [...names.flatMap((name) => byName.get(name) ?? []), ...members]) {
      if (needed.has(each)) continue;
      needed.add(each);
      todo.push(each);
    }
  }
  return needed;
}

function metaInsertion(rule: ParsedRule, source: string, config: RuleSourceConfig): readonly Insertion[] {
  if (rule.private) return [];
  const severity = mappedSeverity(config, rule.meta);
  const entries = [
    ...(severity === null || severity === metaText(rule, 'severity') ? [] : [`severity = "${severity}"`]),
    ...(config.state !== 'staged' || isStaged(rule) ? [] : ['status = "staged"']),
  ];
  if (entries.length === 0) return [];
  const { meta } = rule.parts;
  const text = ` ${entries.join(' ')}`;
  return meta !== null
    ? [{ at: endOf(':', source, meta), text }]
    : [{ at: endOf('{', source, { start: rule.parts.name.end, end: rule.end }), text: ` meta:${text} ` }];
}

/** After the first such mark of a part; comments do not count. */
function endOf(mark: string, source: string, { start, end }: Pick<ParsedRule, 'start' | 'end'>): number {
  return start + (tokenize(source.slice(start, end)).find(({ text }) => text === mark)?.end ?? 0);
}

function insert(source: string, insertions: readonly Insertion[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { at, text } of insertions.toSorted((a, b) => a.at - b.at)) {
    pieces.push(source.slice(done, at), text);
    done = at;
  }
  return [...pieces, source.slice(done)].join('');
}
