import type { ParsedRule, ParsedSource } from '../syntax/syntax.ts';
import type { Mutation } from './mutation.ts';

/** The rules of a source that a change of one rule concerns. */
export interface Concerned {
  /** Names of the rules that may match differently: the rule and those that need it. */
  readonly affected: ReadonlySet<string>;
  /** These, and all rules that they need. */
  readonly kept: ReadonlySet<string>;
}

/** Finds the rules that a change of a rule concerns. A global rule decides about its whole file. */
export function concernedRules({ rules }: Pick<ParsedSource, 'rules'>, rule: ParsedRule): Concerned {
  const affected = new Set([rule.name]);
  // Rules need only earlier ones.
  for (const { name, references } of rules) if (references.rules.some((each) => affected.has(each))) affected.add(name);
  if (rules.some((each) => each.global && affected.has(each.name))) for (const { name } of rules) affected.add(name);
  const kept = new Set([...affected, ...rules.filter((each) => each.global).map(({ name }) => name)]);
  for (const { name, references } of rules.toReversed()) {
    if (kept.has(name)) for (const each of references.rules) kept.add(each);
  }
  return { affected, kept };
}

/** Returns a source with one rule changed, without the rules that are not kept. */
export function mutantSource(
  source: string,
  { rules }: Pick<ParsedSource, 'rules'>,
  mutation: Pick<Mutation, 'start' | 'end' | 'text'>,
  kept: ReadonlySet<string>,
): string {
  const cuts = rules.filter(({ name }) => !kept.has(name)).map(({ start, end }) => ({ start, end, text: '' }));
  const edits = [...cuts, mutation].sort((a, b) => a.start - b.start);
  let [text, done] = ['', 0];
  for (const edit of edits) {
    text += source.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return text + source.slice(done);
}
