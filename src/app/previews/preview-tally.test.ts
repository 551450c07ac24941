import test from 'ava';
import fc from 'fast-check';
import type { LedgerEntry, Outcome } from '../../domain/scans/outcome.ts';
import type { PreviewedRule } from '../../rules/preview-ruleset.ts';
import { compareRefs, maxPreviewExamples } from './preview-examples.ts';
import { createPreviewTally, type NamedHash, type TallySummary } from './preview-tally.ts';

const digest = (digit: number, length = 64) => String(digit).repeat(length);
const rules: readonly PreviewedRule[] = [
  { rule: 'a:changed', kind: 'logic', now: 'now/a:changed', before: 'before/a:changed', isStaged: false },
  { rule: 'a:new', kind: 'added', now: 'now/a:new', before: null, isStaged: false },
  { rule: 'a:staged', kind: 'added', now: 'now/a:staged', before: null, isStaged: true },
  { rule: 'a:gone', kind: 'removed', now: null, before: 'before/a:gone', isStaged: false },
];
const named: readonly NamedHash[] = [
  { rule: 'a:changed', hash: digest(1) },
  { rule: 'a:new', hash: digest(2, 32) },
  { rule: 'a:new', hash: digest(9) },
];
const matchIds = [
  ...rules.flatMap(({ now, before }) => [now, before]).filter((each) => each !== null),
  'now/a:support',
];

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Outcome>({ status: 'scanned', matches: 1 }) },
  fc.constantFrom<Outcome>(
    { status: 'skipped', reason: 'too_large' },
    { status: 'skipped', reason: 'gone' },
    { status: 'failed', reason: 'timeout', detail: 'slow' },
    { status: 'failed', reason: 'denied' },
  ),
);
const entries: fc.Arbitrary<LedgerEntry[]> = fc.uniqueArray(
  fc
    .record({
      bucket: fc.constantFrom('corpus', 'file'),
      key: fc.string({ maxLength: 3 }),
      version: fc.constantFrom('1', '2'),
      outcome: outcomes,
      content: fc.integer({ min: 0, max: 8 }),
      day: fc.integer({ min: 1, max: 28 }),
      hits: fc.subarray(matchIds),
    })
    .map(({ content, day, hits, ...entry }): LedgerEntry => {
      if (entry.outcome.status !== 'scanned') return { ...entry, size: 1 };
      const arrivedAt = `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
      const found = hits.map((rule) => ({
        rule,
        strings: [{ identifier: '$a', offset: content, length: 1, data: rule }],
      }));
      return {
        ...entry,
        size: 1,
        sha256: digest(content),
        preview: { arrivedAt, md5: digest(content, 32), hits: found },
      };
    }),
  { selector: ({ bucket, key, version }) => JSON.stringify([bucket, key, version]), maxLength: 60 },
);

function tally(ledger: readonly LedgerEntry[]): TallySummary {
  const sum = createPreviewTally(rules, named);
  for (const entry of ledger) sum.add(entry);
  return sum.summary();
}

test('the same ledger gives the same result in any order', (t) => {
  fc.assert(
    fc.property(
      entries.chain((ledger) =>
        fc.tuple(fc.constant(ledger), fc.shuffledSubarray(ledger, { minLength: ledger.length })),
      ),
      ([ledger, shuffled]) => {
        t.deepEqual(tally(shuffled), tally(ledger));
      },
    ),
    { numRuns: 200 },
  );
});

test('matches are counted by rule, and examples are sorted by state, then by name, one for each content', (t) => {
  fc.assert(
    fc.property(entries, (ledger) => {
      const summary = tally(ledger);
      const idsOf = (entry: LedgerEntry) => (entry.preview?.hits ?? []).map(({ rule }) => rule);
      for (const each of summary.rules) {
        const entriesOf = (id: string | null) => ledger.filter((entry) => id !== null && idsOf(entry).includes(id));
        const [now, before] = [entriesOf(each.now), entriesOf(each.before)];
        const gained = now.filter((entry) => !before.includes(entry));
        const lost = before.filter((entry) => !now.includes(entry));
        const times = now.map(({ preview }) => preview?.arrivedAt ?? '').sort();
        t.like(each, {
          ...{ nowObjects: now.length, beforeObjects: before.length, gained: gained.length, lost: lost.length },
          ...{ firstSeen: times[0] ?? null, lastSeen: times.at(-1) ?? null },
        });
        const states = { gained, lost, kept: now.filter((entry) => before.includes(entry)) };
        const ordered = (['gained', 'lost', 'kept'] as const).flatMap((state) =>
          states[state].toSorted(compareRefs).map((entry) => ({ state, entry })),
        );
        const firsts = ordered.filter(
          ({ entry }, index) => ordered.findIndex((other) => other.entry.sha256 === entry.sha256) === index,
        );
        t.deepEqual(
          each.examples.map(({ state, bucket, key, version, strings }) => ({
            state,
            bucket,
            key,
            version,
            by: strings[0]?.data,
          })),
          firsts.slice(0, maxPreviewExamples).map(({ state, entry: { bucket, key, version } }) => ({
            ...{ state, bucket, key, version, by: (state === 'lost' ? each.before : each.now) ?? '' },
          })),
        );
      }
      const isGain = (entry: LedgerEntry) =>
        idsOf(entry).includes('now/a:new') ||
        (idsOf(entry).includes('now/a:changed') && !idsOf(entry).includes('before/a:changed'));
      t.is(summary.gainedObjects, ledger.filter(isGain).length);
      t.is(summary.scanned, ledger.filter(({ outcome }) => outcome.status === 'scanned').length);
      for (const status of ['skipped', 'failed'] as const) {
        const counted = summary[status].reduce((sum, { objects }) => sum + objects, 0);
        t.is(counted, ledger.filter(({ outcome }) => outcome.status === status).length);
      }
    }),
    { numRuns: 200 },
  );
});

const scanned = (key: string, content: number, ...hits: readonly string[]): LedgerEntry => ({
  ...{ bucket: 'corpus', key, version: '1', size: 1, outcome: { status: 'scanned', matches: hits.length } },
  sha256: digest(content),
  preview: {
    ...{ arrivedAt: '2026-01-01T00:00:00.000Z', md5: digest(content, 32) },
    hits: hits.map((rule) => ({ rule, strings: [] })),
  },
});
const states = (...ledger: readonly LedgerEntry[]) => tally(ledger).hashes.map(({ state }) => state);

test('the new version of a rule must match a content that it names, under one of the names of the content', (t) => {
  t.deepEqual(states(), ['unchecked', 'unchecked', 'unchecked']);
  t.deepEqual(states(scanned('a', 1, 'before/a:changed'), scanned('b', 2)), ['missed', 'missed', 'unchecked']);
  t.deepEqual(states(scanned('a', 1, 'now/a:changed'), scanned('b', 2, 'now/a:new')), [
    'matched',
    'matched',
    'unchecked',
  ]);
  t.deepEqual(states(scanned('a', 1), scanned('b', 1, 'now/a:changed'), scanned('c', 1))[0], 'matched');
  t.deepEqual(
    states({
      bucket: 'corpus',
      key: 'a',
      version: '1',
      size: 1,
      outcome: { status: 'failed', reason: 'timeout' },
      sha256: digest(1),
    })[0],
    'unchecked',
  );
});

test('reasons are listed most frequent first, each with its first objects', (t) => {
  const failed = (key: string, reason: 'timeout' | 'denied'): LedgerEntry => ({
    ...{ bucket: 'corpus', key, version: '', size: 1, outcome: { status: 'failed', reason } },
  });
  const known = {
    ...failed('0', 'timeout'),
    sha256: digest(1),
    outcome: { status: 'failed', reason: 'timeout', detail: 'slow' },
  } as const;
  const ledger = [failed('z', 'denied'), ...['e', 'd', 'c', 'b', 'a'].map((key) => failed(key, 'timeout')), known];
  t.deepEqual(
    tally(ledger).failed.map(({ reason, objects, examples }) => [reason, objects, ...examples.map(({ key }) => key)]),
    [
      ['timeout', 6, '0', 'a', 'b', 'c', 'd'],
      ['denied', 1, 'z'],
    ],
  );
  t.deepEqual(
    tally(ledger)
      .failed[0]?.examples.slice(0, 2)
      .map(({ size, sha256, detail }) => ({ size, sha256, detail })),
    [
      { size: 1, sha256: digest(1), detail: 'slow' },
      { size: 1, sha256: null, detail: null },
    ],
  );
});
