import test from 'ava';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import type { SectionOf } from '../section.ts';
import { renderSection } from './render-section.ts';

const sha256 = 'a'.repeat(64);
const exampleOf = (path: string) => ({ path, sha256 });
const noisy = {
  ...{ rule: 'a.yar:Noisy', failing: 803, covered: 0 },
  strings: [{ identifier: '$a', files: 801, data: 'http' }],
  examples: ['/usr/a', '/usr/b', '/usr/c'].map(exampleOf),
};
const rare = {
  ...{ rule: 'a.yar:Rare', failing: 1, covered: 0, strings: [] },
  examples: [exampleOf('/usr/x\n- rule: Y')],
};
const section: SectionOf<'goodware'> = {
  ...{ schema: 1, section: 'goodware', verdict: 'failed', place: 'linux', roots: ['/usr'], rules: 2 },
  ...{ files: 12_546, bytes: 10, unscanned: [], failing: 804, omitted: 704, hashes: [], notes: [] },
  hits: Array.from({ length: 100 }, (_, index) => ({
    ...{ rule: 'a.yar:Noisy', path: `/usr/${index}`, sha256, strings: [], exception: null },
  })),
  ...{ byRule: [noisy, rare], newExpiry: '2027-02-23' },
};
const textOf = (given: SectionOf<'goodware'>) =>
  renderSection(given).replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));

test('matches on goodware are shown by rule: the share of files, the strings, and a few files', (t) => {
  const text = textOf(section);
  t.is(text.split('a.yar:Noisy').length - 1, 1, 'one row for a rule, however many files it matches');
  t.regex(text, /2 rules match 804 times, one of them 803 of 12,546 files, 6\.4 %/);
  t.regex(text, /\$a: http<\/code> in 801/);
  t.true(text.includes('/usr/a') && text.includes('/usr/c') && !text.includes('/usr/99'));
  t.false(text.includes('log of the job'));
  t.false(text.includes('704'), 'nothing is left out');
  t.true(readMarkdown(renderSection(section)).blocks.size > 0);
});

test('the exception to paste is for rules with few files, and no path can add to it', (t) => {
  const text = textOf(section);
  const entry = `# "/usr/x\\n- rule: Y"\n- rule: "a.yar:Rare"\n  sha256: ${sha256}\n  reason: # why this match is acceptable\n  expires: 2027-02-23`;
  t.true(text.includes(entry), text);
  t.regex(text, /1 rule matches too many files for exceptions/);
});

test('a section of an earlier version is shown by rule, too', (t) => {
  const { byRule: _, newExpiry: __, ...earlier } = section;
  t.is(textOf(earlier).split('a.yar:Noisy').length - 1, 1);
});

test('excepted matches are one row for each rule and reason', (t) => {
  const exception = { reason: 'a package', expires: '2027-01-01' };
  const hits = section.hits.map((each) => ({ ...each, exception }));
  const text = textOf({
    ...section,
    verdict: 'passed',
    failing: 0,
    hits,
    byRule: [{ ...noisy, failing: 0, covered: 803 }],
  });
  t.is(text.split('a package').length - 1, 1);
  t.regex(text, /and 99 more/);
});
