import test from 'ava';
import type { LeftOutRule } from '../../../domain/rulesets/left-out-rule.ts';
import type { RuleChange, RulesetDiff } from '../../../rules/diff-rulesets.ts';
import { readMarkdown } from '../../../testing/github/read-markdown.ts';
import { checkSection } from '../../check-section.ts';
import { diffSection } from '../../diff-section.ts';
import { goodwareSection } from '../../goodware-section.ts';
import { defaultBase, type Review } from '../../review.ts';
import { renderReview } from '../render-review.ts';
import { renderSection } from '../render-section.ts';

const many = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
const change = (kind: 'added' | 'removed', rule: string): RuleChange => ({ kind, rule, dependents: [] });
const idOf = (source: string, index: number) => `vendor/${source}/yara/apt_${index}.yar:APT_Family_Loader_${index}`;

/** An update of `count` rules, three in four of them of one source, with broken ones. */
function update(count: number): Review {
  const leftOut = many(
    60,
    (index): LeftOutRule => ({
      ...{
        kind: index < 50 ? 'quarantined' : 'duplicate',
        namespace: 'vendor/big/broken.yar',
        rule: `Broken_${index}`,
      },
      ...{ file: 'rules/vendor/big/broken.yar', line: index + 1, column: 1, code: 'E009' },
      reason: 'unknown identifier `thor`: this identifier has not been declared',
    }),
  );
  const diff: RulesetDiff = {
    changes: [
      ...many((count * 3) / 4, (index) => change('added', idOf('big', index))),
      ...many(count / 4, (index) => change('removed', idOf('small', index))),
      change('added', 'own.yar:Own_Rule'),
    ],
    ...{ unchanged: 4000, logicToScan: many((count * 3) / 4, String), dependents: [] },
    leftOut: {
      ...{ quarantined: 50, duplicates: 10, returned: [] },
      changes: leftOut.map(({ kind, namespace, rule, reason }) => ({
        ...{ kind, rule: `${namespace}:${rule}`, reason, was: 'unused' },
      })),
    },
  };
  const matching = many(200, (index) => ({
    ...{ rule: idOf('big', index), collection: 'big', isStaged: index > 3, files: 7 },
    first: { path: `/usr/lib/x86_64-linux-gnu/lib${index}.so`, sha256: 'a'.repeat(64) },
  }));
  const goodware = goodwareSection({
    ...{ place: 'linux', roots: ['/usr'], rules: count, notes: [] },
    result: {
      ...{ files: 1000, bytes: 1e9, unscanned: new Map(), matches: 0, failing: 0, listed: [], used: new Set() },
      ...{
        hashes: [],
        byRule: [],
        newExpiry: '2027-01-01',
        incomplete: [],
        public: { rules: count, remembered: 0, matching },
      },
    },
  });
  const check = checkSection({ files: 700, rules: 5000, diagnostics: [], leftOut, strict: false });
  return {
    ...{ headSha: 'a'.repeat(40), runUrl: null, runConclusion: 'success', missing: [], refused: [] },
    ...{ ownChecks: [], bases: defaultBase, areFilesKnown: true, isOfNoRules: false, isOutdated: false },
    sections: [check, diffSection(diff), goodware],
  };
}

for (const count of [1000, 2000]) {
  test(`an update of ${count} public rules fits into a comment, grouped by source, folded, with counts`, (t) => {
    const { markdown } = renderReview(update(count), 65_536);
    t.true(markdown.length <= 65_536);
    const added = ((count * 3) / 4).toLocaleString('en-US');
    const removed = (count / 4).toLocaleString('en-US');
    const { text } = readMarkdown(markdown);
    const sum = `1 rule added; public rules of 2 sources: ${added} added, ${removed} removed, 50 quarantined, 10 left out for equal logic`;
    t.true(markdown.includes(sum), text);
    for (const [source, counts] of [
      ['big', `${added} added, 50 quarantined`],
      ['small', `${removed} removed`],
    ]) {
      t.true(markdown.includes(`<summary><code>${source}</code>: ${counts}`), source);
      // Each source shows some of its rules, however large the other is.
      t.true(markdown.includes(`vendor/${source}/yara/apt_0.yar`), source);
    }
    t.true(markdown.includes('Own_Rule'));
    t.true(markdown.includes('<code>big</code>: 4 alerting rules, 196 staged rules'));
    // What is outside of every fold is short enough to be read at once.
    const unfolded = markdown.replace(/<details>[\s\S]*<\/details>/, '');
    t.true(unfolded.length < 3000, unfolded);
  });
}

test('a few changes of public rules are shown like those of our own', (t) => {
  const diff: RulesetDiff = {
    changes: [change('added', idOf('big', 1)), change('removed', idOf('small', 2))],
    ...{ unchanged: 4, logicToScan: ['a'], dependents: [] },
    leftOut: { quarantined: 0, duplicates: 0, changes: [], returned: [] },
  };
  const markdown = renderSection(diffSection(diff));
  t.true(markdown.includes('<strong>added</strong>'));
  t.false(markdown.includes('<code>big</code>'));
});
