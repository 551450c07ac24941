import test from 'ava';
import fc from 'fast-check';
import { arbitrarySection, mark, nastyTexts } from '../../testing/github/arbitrary-section.ts';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { runs } from '../../testing/runs.ts';
import { defaultBase, type Review } from '../review.ts';
import type { ReviewSection } from '../section.ts';
import { renderReview } from './render-review.ts';
import { renderSection } from './render-section.ts';

const runUrl = 'https://github.test/octo/rules/actions/runs/9';
const plainReview: Review = {
  ...{ headSha: 'a'.repeat(40), runUrl, runConclusion: 'success', sections: [], missing: [], refused: [] },
  ...{ ownChecks: [], bases: defaultBase, areFilesKnown: true, isOfNoRules: false, isOutdated: false },
};
const maxLength = 65_536;

const allowed = new Set([
  ...['h2', 'h3', 'p', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'details', 'summary', 'strong', 'br'],
  ...['code', 'pre', `a[href=${runUrl}]`],
]);
const signs = /✅|❌|⚠️/gu;
const ownText = /^[\p{L}\p{N}\s,.;:()'’%$+/…→–-]*$/u;

function unexpected(markdown: string): readonly string[] {
  const read = readMarkdown(markdown);
  // A link to a file of the commit; `linkToPlace` has the path.
  const source = `a[href=https://github.test/octo/rules/blob/${'a'.repeat(40)}/`;
  return [
    ...[...read.blocks].filter((type) => type !== 'html' && type !== 'space').map((type) => `block ${type}`),
    ...[...read.elements].filter((element) => !allowed.has(element) && !element.startsWith(source)),
    ...read.comments.map((comment) => `comment ${comment}`),
    ...(ownText.test(read.text.replace(signs, '')) && !read.text.includes(mark) ? [] : [`text ${read.text}`]),
  ];
}

const hostileText = fc.constantFrom(...nastyTexts).map((text) => `${mark}${text}`);
const arbitraryReview: fc.Arbitrary<Review> = fc.record({
  headSha: fc.constantFrom('a'.repeat(40), null),
  runUrl: fc.constantFrom(runUrl, null),
  runConclusion: fc.constantFrom('success', 'failure', null),
  sections: fc.array(arbitrarySection, { maxLength: 6 }),
  missing: fc.array(hostileText, { maxLength: 20 }),
  refused: fc.array(fc.record({ name: hostileText, reason: hostileText }), { maxLength: 20 }),
  ownChecks: fc.array(hostileText, { maxLength: 20 }),
  bases: fc.record({
    others: fc.array(hostileText, { maxLength: 20 }),
    haveChanged: fc.boolean(),
    isRunKnown: fc.boolean(),
  }),
  areFilesKnown: fc.boolean(),
  isOfNoRules: fc.boolean(),
  isOutdated: fc.boolean(),
});

test('whatever a review contains, only our own elements and links appear, and text from outside is in <code> or <pre>', (t) => {
  fc.assert(
    fc.property(arbitraryReview, fc.constantFrom(30_000, maxLength), (review, length) => {
      const { markdown, title } = renderReview(review, length);
      t.deepEqual(unexpected(markdown), []);
      t.true(markdown.length <= length);
      t.regex(title, ownText);
    }),
    { numRuns: runs(200) },
  );
});

test('so does a section in the summary of a job', (t) => {
  fc.assert(
    fc.property(arbitrarySection, (section) => {
      t.deepEqual(unexpected(renderSection(section)), []);
    }),
    { numRuns: runs(300) },
  );
});

test('every text of a section is shown if there is room for it', (t) => {
  const section = sectionOfTexts((name) => `Word ${name}`);
  const { quoted } = readMarkdown(renderReview({ ...plainReview, sections: [section] }, maxLength).markdown);
  const all = quoted.join('\n');
  for (const name of ['rule', 'from', 'what', 'dependent', 'part', 'before', 'after'])
    t.true(all.includes(`Word ${name}`), name);
});

test('a review that is too long is shortened section by section, the longest first, and reports it', (t) => {
  const long = sectionOfTexts((name) => `${name} ${'<>'.repeat(60)}`, 250);
  const small: ReviewSection = {
    ...{ schema: 1, verdict: 'failed', section: 'tests', passed: 3, failed: 1, untested: [], omitted: 0 },
    failures: [{ rule: 'a:Rule', test: 'hit', message: 'It did not match.', file: 'a.yaml', line: 3, column: 1 }],
  };
  const { markdown } = renderReview({ ...plainReview, sections: [long, small, long] }, maxLength);
  t.true(markdown.length <= maxLength);
  t.deepEqual(unexpected(markdown), []);
  t.true(readMarkdown(markdown).quoted.includes('It did not match.'));
  t.regex(markdown, /Shortened/);
  t.regex(markdown, /<p>2\d\d more, not shown here/);
});

test('forty sections of the greatest length fit', (t) => {
  const sections = Array.from({ length: 40 }, () => sectionOfTexts(() => '\u{1d54f}'.repeat(90), 300));
  const names = Array.from({ length: 1000 }, () => '<'.repeat(2000));
  const refused = names.map((name) => ({ name, reason: name }));
  const review = { ...plainReview, sections, missing: names, refused, ownChecks: names };
  t.true(renderReview(review, 65_000).markdown.length <= 65_000);
});

test('forty places of goodware that all fail fit', (t) => {
  const wide = '\u{1d54f}'.repeat(90);
  const example = { path: wide, sha256: 'a'.repeat(64) };
  const goodware: ReviewSection = {
    ...{ schema: 1, section: 'goodware', verdict: 'failed', place: wide, roots: [wide], rules: 1, files: 9, bytes: 9 },
    ...{ unscanned: [], failing: 400, hits: [], omitted: 0, hashes: [], notes: [] },
    byRule: Array.from({ length: 200 }, (_, index) => ({
      ...{ rule: `${wide}${index}`, failing: 2, covered: 0, strings: [{ identifier: wide, files: 2, data: wide }] },
      examples: [example, example],
    })),
  };
  const review = { ...plainReview, sections: Array.from({ length: 40 }, () => goodware) };
  const { markdown } = renderReview(review, 65_000);
  t.true(markdown.length <= 65_000);
  t.deepEqual(unexpected(markdown), []);
});

test('the verdict and what is not known are on top, and what passed is below', (t) => {
  const sections: ReviewSection[] = [
    { schema: 1, verdict: 'unknown', section: 'left', of: 'preview', why: 'Nothing of a fork is scanned.' },
    {
      schema: 1,
      verdict: 'passed',
      section: 'check',
      files: 4,
      rules: 12,
      errors: 0,
      warnings: 2,
      diagnostics: [],
      omitted: 0,
    },
  ];
  const { markdown, title, conclusion } = renderReview({ ...plainReview, sections }, maxLength);
  t.is(conclusion, 'neutral');
  t.is(title, 'Nothing failed, but some results are unknown');
  const text = readMarkdown(markdown).text.replace(/\s+/g, ' ');
  t.regex(
    text,
    /^⚠️ Nothing failed, but some results are unknown⚠️ Retro preview: not done: ✅ Rules compile: 12 rules in 4 files: 0 errors, 2 warnings/,
  );
  t.false(markdown.includes('<details>'));
});

const passed: ReviewSection = {
  ...{ schema: 1, verdict: 'passed', section: 'tests', passed: 1, failed: 0 },
  ...{ untested: [], failures: [], omitted: 0 },
};

test('missing sections, unreadable sections and a failed run are reported and are not a success', (t) => {
  const complete = { ...plainReview, sections: [passed] };
  t.is(renderReview(complete, maxLength).conclusion, 'success');
  const missing = renderReview({ ...complete, missing: ['goodware-windows'] }, maxLength);
  t.is(missing.conclusion, 'failure');
  t.regex(missing.markdown, /<li>❌ <code>goodware-windows<\/code> did not report: see <a href/);
  const refused = renderReview(
    { ...complete, refused: [{ name: 'rearview-diff', reason: 'it has expired' }] },
    maxLength,
  );
  t.is(refused.conclusion, 'failure');
  t.regex(refused.markdown, /could not be read: <code>it has expired/);
  const failed = renderReview({ ...complete, runConclusion: 'failure' }, maxLength);
  t.is(failed.conclusion, 'failure');
  t.regex(failed.markdown, /it ended as <code>failure/);
  t.is(renderReview(plainReview, maxLength).conclusion, 'failure');
  const closed = { ...complete, sections: [{ ...passed, verdict: 'failed' as const }], missing: ['diff', 'preview'] };
  t.is(renderReview(closed, maxLength).title, '1 check failed (tests), 2 did not report');
});

test('a pull request that changes its own checks is neutral at best, and the changes are listed', (t) => {
  const review = { ...plainReview, sections: [passed], ownChecks: ['src/cli/main.ts'] };
  const { conclusion, markdown } = renderReview(review, maxLength);
  t.is(conclusion, 'neutral');
  t.regex(markdown, /changes its own checks[\s\S]*<code>src\/cli\/main\.ts/);
  const closed = { ...review, sections: [{ ...passed, verdict: 'failed' as const }] };
  t.is(renderReview(closed, maxLength).conclusion, 'failure');
});

test('a base other than the default branch is neutral at best, and the results of its run are not shown', (t) => {
  const others = { others: ['evil`</code><b>'], haveChanged: false, isRunKnown: false };
  const { conclusion, markdown, title } = renderReview(
    { ...plainReview, sections: [passed], bases: others },
    maxLength,
  );
  t.deepEqual([conclusion, title], ['neutral', 'The checks may come from another branch than the default branch']);
  t.deepEqual(unexpected(markdown), []);
  t.false(/Rule tests|<table>/.test(markdown));
  const changed = renderReview(
    { ...plainReview, sections: [passed], bases: { others: [], haveChanged: true, isRunKnown: false } },
    maxLength,
  );
  t.deepEqual([changed.conclusion, changed.title], ['neutral', 'The base was changed while the checks ran']);
  const failed = { ...plainReview, sections: [{ ...passed, verdict: 'failed' as const }], bases: others };
  t.is(renderReview(failed, maxLength).conclusion, 'failure', 'a closed gate stays closed');
});

test('without changed rules, the review is a success, or neutral if the checks themselves are changed', (t) => {
  const review = { ...plainReview, isOfNoRules: true };
  const { conclusion, title } = renderReview(review, maxLength);
  t.deepEqual([conclusion, title], ['success', 'No rules are changed']);
  t.is(renderReview({ ...review, ownChecks: ['src/cli/main.ts'] }, maxLength).conclusion, 'neutral');
  t.is(renderReview({ ...review, runConclusion: 'failure' }, maxLength).conclusion, 'failure');
  t.is(renderReview({ ...review, missing: ['check'] }, maxLength).conclusion, 'failure');
});

function sectionOfTexts(text: (name: string) => string, count = 1): ReviewSection {
  const change = {
    ...({ kind: 'logic', rule: text('rule'), from: text('from'), scope: 'broader' } as const),
    what: [text('what')],
    dependents: [text('dependent')],
    texts: [{ part: text('part').slice(0, 200), before: text('before'), after: text('after') }],
  };
  const changes = Array.from({ length: count }, () => change);
  return { schema: 1, verdict: 'passed', section: 'diff', changes, omitted: 0, unchanged: 3, toScan: 1 };
}
