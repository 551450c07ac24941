import { unsafeMetaIntegers } from '../../../src/engine/diagnostics/meta-integers.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

/** An integer reported as too large is in the meta of a rule. */
export const target: FuzzTarget = {
  name: 'meta-integers',
  of: ['src/engine/diagnostics/meta-integers.ts'],
  syntax: 'text',
  seeds: () => [
    ...ruleSeeds(),
    'rule a { meta: a = 9007199254740993 b = -0xffffffffffffffff c = 9007199254740991KB condition: true }',
  ],
  words: [...ruleWords, 'meta: a = ', '9007199254740992', '0xFFFFFFFFFFFFFFF', '9MB'],
  run(input) {
    const source = input.toString();
    const found = unsafeMetaIntegers('n', source);
    const { rules, problems } = parseSource(source);
    if (problems.length > 0) return `${found.length > 0 ? 'some' : 'none'}, problems`;
    const large = rules
      .flatMap(({ meta }) => meta)
      .filter(({ value }) => typeof value === 'number' && Math.abs(value) >= 2 ** 53);
    // The parser does not return which of them were written as floats, which are reported
    // unchanged.
    require(large.length >= found.length, 'what is found is in the meta of a rule');
    return found.length > 0 ? 'some' : 'none';
  },
};
