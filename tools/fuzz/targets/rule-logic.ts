import { hashRules } from '../../../src/rules/logic-hash.ts';
import { tokenize } from '../../../src/rules/syntax/lexer.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

const hashesOf = (source: string): string => {
  const hashed = hashRules(parseSource(source), 'engine');
  return JSON.stringify(hashed.map(({ rule, logicHash, dependencies }) => [rule.name, logicHash, dependencies]));
};

/** The logic of rules does not depend on their layout. */
export const target: FuzzTarget = {
  name: 'rule-logic',
  of: ['src/rules/logic-hash.ts', 'src/rules/canonical.ts', 'src/rules/syntax/references.ts'],
  syntax: 'text',
  seeds: ruleSeeds,
  words: ruleWords,
  run(input) {
    const source = input.toString();
    const { problems } = parseSource(source);
    const hashes = hashesOf(source);
    if (problems.length > 0) return 'problems';
    const texts = tokenize(source).map(({ text }) => text);
    for (const gap of [' ', '\n', ' /* " */ ', ' // {\n'])
      require(hashesOf(texts.join(gap)) === hashes, `the logic is the same with ${JSON.stringify(gap)} between tokens`);
    return 'hashed';
  },
};
