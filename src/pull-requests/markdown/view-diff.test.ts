import test from 'ava';
import { defaultBase, type Review } from '../review.ts';
import type { SectionOf } from '../section.ts';
import { renderReview } from './render-review.ts';
import { renderSection } from './render-section.ts';

type Change = SectionOf<'diff'>['changes'][number];

const changeOf = (rule: string, fields: Partial<Change> = {}): Change => ({
  ...{ kind: 'logic', rule, from: null, scope: 'broader', what: [`${rule} changed`], dependents: [], texts: [] },
  ...fields,
});
const sectionOf = (changes: readonly Change[]): SectionOf<'diff'> => ({
  ...{ schema: 1, section: 'diff', verdict: 'passed', omitted: 0, unchanged: 3, toScan: 7 },
  changes: [...changes],
});
const reviewOf = (sections: Review['sections']): Review => ({
  ...{ headSha: 'b'.repeat(40), runUrl: 'https://github.test/octo/rules/actions/runs/9', runConclusion: 'success' },
  ...{ missing: [], refused: [], ownChecks: [], bases: defaultBase, areFilesKnown: true, isOfNoRules: false },
  ...{ isOutdated: false, sections },
});
const profile: SectionOf<'profile'> = {
  ...{ schema: 1, section: 'profile', verdict: 'passed', measured: 1, over: 0, reported: 0, maxTimes: null },
  ...{ omitted: 0, notes: [] },
  rules: [{ rule: 'New', kind: 'text', msPerMiB: 1, times: 4.25, timedOut: false, over: false, slowest: null }],
};

test('rules that nobody edited are counted apart, and are below the rule that changed them', (t) => {
  const dependents = ['D1', 'D2', 'D3', 'D4'];
  const markdown = renderSection(
    sectionOf([
      changeOf('A', { dependents }),
      ...['B', 'C'].map((rule) => changeOf(rule)),
      ...dependents.map((rule) => changeOf(rule, { isDependent: true })),
    ]),
  );
  t.regex(markdown, /<p>3 rules changed in logic, 4 rules changed with a rule that they need; 7 rules to scan/);
  t.is(markdown.split('<strong>changed in logic').length - 1, 3);
  t.is(markdown.split('<code>D1').length - 1, 1);
  const alone = renderSection(sectionOf([changeOf('D1', { isDependent: true })]));
  t.is(alone.split('<strong>changed in logic').length - 1, 1, 'shown where its cause is not listed');
});

test('an added rule has its severity, state, description and cost', (t) => {
  const about = { severity: 'high', description: 'Finds it', isStaged: true };
  const { markdown } = renderReview(
    reviewOf([sectionOf([changeOf('New', { kind: 'added', scope: null, about })]), profile]),
    65_000,
  );
  t.regex(
    markdown,
    /<li><code>Finds it<\/code><\/li><li>severity <code>high<\/code>, staged<\/li><li>costs 4\.3 times/,
  );
});

test('an added rule has the number of its tests', (t) => {
  const about = { severity: null, description: null, isStaged: false };
  const shown = (matching: number, others: number) =>
    renderSection(
      sectionOf([changeOf('New', { kind: 'added', scope: null, about: { ...about, tests: { matching, others } } })]),
    );
  t.regex(shown(2, 3), /<li>2 tests that match, 3 that do not<\/li>/);
  t.regex(shown(1, 1), /<li>1 test that matches, 1 that does not<\/li>/);
  t.regex(shown(0, 0), /<li>no tests<\/li>/);
  const tests: SectionOf<'tests'> = {
    ...{ schema: 1, section: 'tests', verdict: 'failed', passed: 1, failed: 0, failures: [], omitted: 0 },
    untested: ['New'],
  };
  const section = sectionOf([
    changeOf('New', { kind: 'added', scope: null, about: { ...about, tests: { matching: 1, others: 0 } } }),
  ]);
  const { markdown } = renderReview(reviewOf([section, tests]), 65_000);
  t.regex(markdown, /<li>1 test that matches, 0 that do not: lacks a test<\/li>/);
});

test('a rule links to its line at the commit, and nowhere else', (t) => {
  const linksOf = (file: string, line = 3) => {
    const change = changeOf('A', { place: { file, line, column: 0 } });
    const { markdown } = renderReview(reviewOf([sectionOf([change])]), 65_000);
    // In the table of changed rules, and in the details.
    return [...new Set([...markdown.matchAll(/<a href="([^"]*)"><code>A/g)].map(([, url]) => url))];
  };
  const base = `https://github.test/octo/rules/blob/${'b'.repeat(40)}`;
  t.deepEqual(linksOf('rules/a b.yar'), [`${base}/rules/a%20b.yar#L3`]);
  t.deepEqual(linksOf('rules/a?x=1#y".yar', 0), [`${base}/rules/a%3Fx%3D1%23y%22.yar`]);
  for (const wrong of ['../../../evil', '/etc/passwd', 'a//b', './a', 'a/%2e%2e/../b', '\ud800'])
    t.deepEqual(linksOf(wrong), [], wrong);
});
