import { isStaged } from '../../domain/rulesets/rule.ts';
import { type Token, tokenize } from '../syntax/lexer.ts';
import { stringText } from '../syntax/literals.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedRule } from '../syntax/syntax.ts';
import { removeTokens } from './remove-tokens.ts';

/**
 * Returns the source with a rule promoted: without the meta entry `status = "staged"` of that rule,
 * and without its meta block if it becomes empty. Nothing else changes, so the rule keeps its logic
 * hash.
 * @returns null if there is no such rule, or it is not staged
 */
export function promoteRule(source: string, name: string): string | null {
  const rule = parseSource(source).rules.find((each) => each.name === name);
  if (rule === undefined || rule.parts.meta === null || !isStaged(rule)) return null;
  const { start, end } = rule.parts.meta;
  const tokens = tokenize(source).filter((token) => token.start >= start && token.end <= end);
  const entries = entriesOf(tokens.slice(2), rule);
  const staged = entries.filter(({ tokens: [identifier, , value] }) => {
    return identifier?.text === 'status' && value?.kind === 'string' && stringText(value.text) === 'staged';
  });
  const isAll = staged.length === entries.length;
  return removeTokens(source, isAll ? tokens : staged.flatMap((each) => each.tokens));
}

/**
 * Returns the tokens of a meta block after `meta:`, by entry: each starts with an identifier and
 * `=`.
 */
function entriesOf(tokens: readonly Token[], { meta }: ParsedRule): readonly { readonly tokens: readonly Token[] }[] {
  const starts = tokens.flatMap((token, at) =>
    token.kind === 'identifier' && tokens[at + 1]?.text === '=' ? [at] : [],
  );
  if (starts.length !== meta.length) throw new Error('The entries of a meta block were not found.');
  return starts.map((start, at) => ({ tokens: tokens.slice(start, starts[at + 1]) }));
}
