import test from 'ava';
import { type GoodwareResult, goodwareSection, type ListedMatch } from './goodware-section.ts';
import { reviewSectionSchema } from './section.ts';

const sha256 = 'a'.repeat(64);
const exception = { rule: 'A', file: { sha256 }, reason: 'known', expires: '2027-01-31', line: 1 };
const listedMatch = (given: Partial<ListedMatch> = {}): ListedMatch => ({
  ...{ rule: 'a.yar:A', path: '/usr/x', sha256, strings: [], exception: null, ...given },
});
const resultOf = (given: Partial<GoodwareResult> = {}): GoodwareResult => ({
  ...{
    files: 1,
    bytes: 10,
    unscanned: new Map(),
    matches: 0,
    failing: 0,
    listed: [],
    byRule: [],
    newExpiry: '2026-12-31',
    used: new Set(),
    hashes: [],
    incomplete: [],
    ...given,
  },
});
const about = { place: 'linux', roots: ['/usr'], rules: 1, notes: [] };
const sectionOf = (given: Partial<GoodwareResult> = {}) => goodwareSection({ ...about, result: resultOf(given) });
const verdictOf = (given: Partial<GoodwareResult>) => sectionOf(given).verdict;

test('a match without an exception and a missed hash close the gate; nothing scanned is not a pass', (t) => {
  const hash = { rule: 'a.yar:A', hash: sha256 };
  t.is(verdictOf({}), 'passed');
  t.is(verdictOf({ matches: 1, listed: [listedMatch({ exception })] }), 'passed');
  t.is(verdictOf({ matches: 1, failing: 1, listed: [listedMatch()] }), 'failed');
  t.is(verdictOf({ hashes: [{ ...hash, state: 'missed' }] }), 'failed');
  t.is(
    verdictOf({
      hashes: [
        { ...hash, state: 'matched' },
        { ...hash, state: 'unchecked' },
      ],
    }),
    'passed',
  );
  t.is(verdictOf({ incomplete: ['/opt'] }), 'unknown');
  t.is(verdictOf({ incomplete: ['/opt'], matches: 1, failing: 1, listed: [listedMatch()] }), 'failed');
  t.is(verdictOf({ bytes: 0 }), 'unknown');
  t.is(verdictOf({ unscanned: new Map([['denied', 3]]) }), 'passed');
  for (const reason of ['timeout', 'out_of_memory', 'engine_crash']) {
    t.is(verdictOf({ unscanned: new Map([[reason, 1]]) }), 'unknown', reason);
  }
  t.is(verdictOf({ files: 0, bytes: 0, unscanned: new Map([['denied', 3]]) }), 'unknown');
  t.is(verdictOf({ files: 0, hashes: [{ ...hash, state: 'missed' }] }), 'failed');
});

test('without a rule to scan with the gate is open, and reports it', (t) => {
  const section = goodwareSection({ ...about, rules: 0, result: null });
  t.like(section, { verdict: 'passed', files: 0, hits: [], failing: 0 });
  t.regex(section.notes[0] ?? '', /nothing was scanned/);
});

test('problems of the exceptions close the gate and are all that is reported', (t) => {
  const section = goodwareSection({ ...about, notes: ['a'], result: null, problems: ['e.yaml:1: wrong'] });
  t.like(section, { verdict: 'failed', notes: ['e.yaml:1: wrong'] });
});

test('files that only changed rules cannot get through are reported as their doing', (t) => {
  const { notes } = sectionOf({
    unscanned: new Map([
      ['denied', 5],
      ['timeout', 2],
    ]),
  });
  t.deepEqual(notes, [
    '2 files were not scanned to the end (timeout) by the changed rules, so whether they match is not known: they are too slow or too large, also in production.',
  ]);
});

test('however much there is, and however long, a section stays within its bounds', (t) => {
  const long = '\u{1f600}<!--`|'.repeat(5000);
  const strings = Array.from({ length: 9 }, () => ({ identifier: `$${long}`, offset: 1, length: 2, data: long }));
  const listed = Array.from({ length: 500 }, () =>
    listedMatch({ rule: long, path: long, strings, exception: { ...exception, reason: long } }),
  );
  const section = goodwareSection({
    ...{ place: long, roots: Array.from({ length: 99 }, () => long), rules: 3 },
    notes: Array.from({ length: 999 }, () => long),
    result: resultOf({
      ...{ listed, matches: 700, failing: 2 },
      byRule: Array.from({ length: 999 }, () => ({
        ...{ rule: long, failing: 2, covered: 1, examples: Array.from({ length: 9 }, () => ({ path: long, sha256 })) },
        strings: strings.map(({ identifier, data }) => ({ identifier, data, files: 3 })),
      })),
      hashes: Array.from({ length: 999 }, () => ({ rule: long, hash: sha256, state: 'missed' })),
      unscanned: new Map(Array.from({ length: 99 }, (_, index) => [`reason ${index}`, 1])),
    }),
  });
  t.deepEqual(reviewSectionSchema.parse(section), section);
  t.is(section.hits.length, 100);
  t.is(section.omitted, 600);
});
