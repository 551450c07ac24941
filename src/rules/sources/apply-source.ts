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
 * Returns the rules of a file as their source in `sources.yaml` wants them:
 *
 * - Rules that it does not take are removed. One that a rule which is taken needs becomes private.
 * - `severity` and `status = "staged"` are put first in the meta of each public rule that needs it.
 *
 * Every line keeps its number, and every column but those after a text that was put in.
 */
export function applySource(source: string, config: RuleSourceConfig): string {
  const { rules } = parseSource(source);
  const taken = rules.filter((rule) => rule.private || rule.global || takesRule(config, rule));
  const needed = neededBy(taken, rules);
  const dropped = rules.filter((rule) => !taken.includes(rule) && !needed.has(rule));
  const insertions = [
    ...rules
      .filter((rule) => needed.has(rule) && !taken.includes(rule))
      .map(({ start: at }) => ({ at, text: 'private ' })),
    ...taken.flatMap((rule) => metaInsertion(rule, source, config)),
  ];
  return insert(blankSpans(source, dropped), insertions);
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
