import { tokenize } from '../../../src/rules/syntax/lexer.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

/** Tokens and the gaps between them make up the source. */
export const target: FuzzTarget = {
  name: 'rule-lexer',
  of: ['src/rules/syntax/lexer.ts', 'src/rules/syntax/scan-token.ts'],
  syntax: 'text',
  seeds: ruleSeeds,
  words: ruleWords,
  run(input) {
    const source = input.toString();
    const tokens = tokenize(source);
    let end = 0;
    for (const token of tokens) {
      require(token.start >= end && token.end > token.start, 'tokens stand one behind the other');
      require(token.text === source.slice(token.start, token.end), 'the text of a token is what stands in its place');
      require(tokenize(source.slice(end, token.start)).length ===
        0, 'between tokens are only white space and comments');
      end = token.end;
    }
    require(end <= source.length, 'tokens end within the source');
    require(tokenize(source.slice(end)).length === 0, 'behind the last token are only white space and comments');
    return `${new Set(tokens.map(({ kind }) => kind)).size} kinds`;
  },
};
