import { gramsOf, mayMatch } from '../../../src/rules/requirement/evaluate.ts';
import { factsOf } from '../../../src/rules/requirement/facts-of.ts';
import { narrowingOf } from '../../../src/rules/requirement/narrowing.ts';
import { createRequirementReader } from '../../../src/rules/requirement/read-requirement.ts';
import { requirementDigest } from '../../../src/rules/requirement/requirement.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

const content = Buffer.from('MZ some text of a file, with bytes \x00\x01\x02');
const grams = gramsOf(content);
const known = { facts: factsOf(content), hasGram: (gram: number) => grams.has(gram) };

/** What any rule requires can be read, named and evaluated; a content that has everything has it. */
export const target: FuzzTarget = {
  name: 'rule-requirement',
  of: ['src/rules/requirement/read-requirement.ts', 'src/rules/regexp/read-regexp.ts'],
  syntax: 'text',
  seeds: ruleSeeds,
  words: ruleWords,
  run(input) {
    const { rules } = parseSource(input.toString());
    const read = createRequirementReader(rules);
    const kinds = new Set<string>();
    for (const { name } of rules) {
      const requirement = read(name);
      const { kind } = narrowingOf(requirement);
      kinds.add(kind);
      require(requirementDigest(requirement).length === 64, 'a requirement has a name');
      if (kind === 'nothing') require(mayMatch(requirement, known), 'a rule that narrows nothing reads every file');
    }
    return [...kinds].sort().join();
  },
};
