import type { RuleSource } from '../domain/rulesets/rule.ts';
import { parseSource } from '../rules/syntax/parse.ts';

const zero = /^(?:0+|0x0+|0o0+)$/;
const mayHaveIt = /\b(?:0+|0x0+|0o0+)\s+of\b/;

/**
 * Returns sources with `none of` in the place of `0 of`.
 *
 * By YARA's documentation (since 4.3) they mean the same. YARA-X 1.20 reads `0 of ($a, $b)` as
 * "at least 0", which is always true, or as "none", depending on how it numbers the patterns of all
 * rules: so another rule could change what a rule matches.
 */
export function zeroOfAsNone(sources: readonly RuleSource[]): readonly RuleSource[] {
  if (!sources.some(({ source }) => mayHaveIt.test(source))) return sources;
  return sources.map((each) => {
    if (!mayHaveIt.test(each.source)) return each;
    const conditions = parseSource(each.source).rules.map(({ condition }) => condition);
    const zeros = conditions.flatMap((tokens) =>
      tokens.filter(({ text }, index) => zero.test(text) && tokens[index + 1]?.text === 'of'),
    );
    const source = zeros.reduceRight(
      (text, { start, end }) => `${text.slice(0, start)}none${text.slice(end)}`,
      each.source,
    );
    return { ...each, source };
  });
}
