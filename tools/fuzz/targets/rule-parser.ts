import { lintRules } from '../../../src/rules/lint/lint-rules.ts';
import { metaHashes } from '../../../src/rules/lint/meta-hashes.ts';
import { decodeRuleText } from '../../../src/rules/rule-text.ts';
import { createLineIndex } from '../../../src/rules/syntax/line-index.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import type { Span } from '../../../src/rules/syntax/syntax.ts';
import { writtenTexts } from '../../../src/rules/syntax/written-text.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { ruleSeeds, ruleWords } from '../seeds/rules.ts';

/** Every part of a rule is inside it, and rules follow one another. */
export const target: FuzzTarget = {
  name: 'rule-parser',
  of: [
    'src/rules/syntax/parse.ts',
    'src/rules/lint/lint-rules.ts',
    'src/rules/lint/meta-hashes.ts',
    'src/rules/syntax/written-text.ts',
  ],
  syntax: 'text',
  seeds: ruleSeeds,
  words: ruleWords,
  run(input) {
    const { text: source } = decodeRuleText(input, 'a.yar');
    const { rules, imports, includes, problems } = parseSource(source);
    const placeOf = createLineIndex(source);
    const isWithin = (span: Span, { start, end }: Pick<Span, 'start' | 'end'>): boolean =>
      span.start >= start && span.end <= end && span.start <= span.end && span.line === placeOf(span.start).line;
    let end = 0;
    for (const rule of rules) {
      require(isWithin(rule, { start: end, end: source.length }), 'rules lie one behind the other');
      end = rule.end;
      const { name, meta, strings, condition } = rule.parts;
      for (const part of [name, meta, strings, condition, ...rule.patterns])
        require(part === null || isWithin(part, rule), 'the parts of a rule lie in it');
      require(source.slice(name.start, name.end) === rule.name, 'the name stands in its place');
      require(writtenTexts(source, rule).size >= 1, 'every rule has a condition');
      metaHashes(rule);
    }
    for (const span of [...imports, ...includes])
      require(isWithin(span, { start: 0, end: source.length }), 'statements lie in the source');
    lintRules({
      files: [
        {
          ...{ path: 'a.yar', namespace: 'a.yar', source, included: [], problems: [] },
          locate: (line) => ({ file: 'a.yar', line }),
        },
      ],
    });
    return `${Math.min(rules.length, 3)} rules, ${Math.min(problems.length, 3)} problems`;
  },
};
