import test from 'ava';
import { previewLines } from '../../cli/preview/preview-lines.ts';
import { newScan, type Scan } from '../../domain/scans/scan.ts';
import type { GainLimit } from '../../gates/gain-limit.ts';
import { reviewConfigSchema } from '../../gates/review-config.ts';
import { renderSection } from '../../pull-requests/markdown/render-section.ts';
import { maxSectionBytes, reviewSectionSchema } from '../../pull-requests/section.ts';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { noSuspects } from './conclude-preview.ts';
import { clipPreview, previewReport } from './preview-section.ts';
import type { HashState, PreviewSummary } from './preview-tally.ts';
import type { SlowSuspects } from './slow-suspects.ts';

const createdAt = '2026-01-01T00:00:00.000Z';
const scanOf = (fields: Partial<Scan> = {}): Scan => ({
  ...newScan({
    ...{ id: 'preview-1', kind: 'preview', rulesetId: '1', full: true, buckets: ['corpus'], filter: {}, createdAt },
    ...{ expected: { objects: 10, bytes: 100 }, preview: { sample: 0.5, sha256: [], within: null, maxObjects: null } },
  }),
  ...{ state: 'completed', finishedAt: '2026-01-01T00:01:00.000Z', listed: { objects: 10, bytes: 90 } },
  ...fields,
});
const summaryOf = (fields: Partial<PreviewSummary> = {}): PreviewSummary => ({
  ...{ scanned: 1, excluded: 0, skipped: [], failed: [], rules: [], gainedObjects: 0, hashes: [] },
  ...fields,
});
const reportOf = (
  scan: Partial<Scan> = {},
  summary: Partial<PreviewSummary> = {},
  maxGained: GainLimit | null = null,
  suspects: SlowSuspects = noSuspects,
) =>
  previewReport({
    ...{ scan: scanOf(scan), summary: summaryOf(summary), forecast: null, maxGained, suspects },
    retroCost: ({ listed, objects, bytes }) => listed * 10_000 + objects * 100 + bytes,
    nowMs: Date.parse('2026-01-01T00:00:30.000Z'),
  });
const hash = (state: HashState) => ({ rule: 'a:R', hash: 'f'.repeat(64), state });

test('a completed preview passes if no gate fails', (t) => {
  t.like(reportOf(), { verdict: 'passed', notes: [] });
  t.like(reportOf({}, { gainedObjects: 3 }, 3), { verdict: 'passed' });
  t.like(reportOf({}, { hashes: [hash('matched'), hash('unchecked')] }), { verdict: 'passed' });
  t.like(reportOf({}, { failed: [{ reason: 'denied', objects: 1, examples: [] }] }), { verdict: 'passed' });
});

test('it fails if the scan failed, a named content is missed, or too many objects match that did not match before', (t) => {
  const notesOf = (...args: Parameters<typeof reportOf>) => {
    const { verdict, notes } = reportOf(...args);
    t.is(verdict, 'failed');
    return notes;
  };
  t.deepEqual(notesOf({ state: 'failed', error: 'broken' }), ['The preview failed: broken']);
  t.regex(notesOf({}, { hashes: [hash('missed')] })[0] ?? '', /^1 hash .*: a:R misses f{64}\.$/);
  t.deepEqual(notesOf({}, { scanned: 10, gainedObjects: 4 }, 3), [
    '4 objects match that did not match before, 40 % of those scanned: preview.maxGained allows 3.',
  ]);
  t.deepEqual(notesOf({}, { scanned: 12_546, gainedObjects: 803 }, { share: 0.01 }), [
    '803 objects match that did not match before, 6.4 % of those scanned: preview.maxGained allows 1 %.',
  ]);
});

test('it is unknown while it runs, when it was cancelled, when nothing was scanned, and when scans were not finished', (t) => {
  const running = { state: 'running', finishedAt: null } as const;
  t.is(reportOf(running).verdict, 'unknown');
  t.is(reportOf(running, { gainedObjects: 9 }, 1).verdict, 'unknown');
  t.is(reportOf({ state: 'cancelled' }).verdict, 'unknown');
  t.is(reportOf({}, { scanned: 0 }).verdict, 'unknown');
  for (const reason of ['timeout', 'out_of_memory', 'engine_crash', 'dead_letter'] as const) {
    const { verdict, notes } = reportOf({}, { scanned: 9, failed: [{ reason, objects: 2, examples: [] }] });
    t.is(verdict, 'unknown');
    t.true(notes[0]?.includes(`(${reason}: 2)`));
  }
});

test('it is unknown if the target ended it or its listing, and names the limit', (t) => {
  const preview = { sample: 1, sha256: [], within: null, maxObjects: 10 };
  const cut = reportOf({ preview });
  t.is(cut.verdict, 'unknown');
  t.regex(cut.notes[0] ?? '', /^The listing ended after 10 objects.*previews\.maxObjects/);
  t.is(reportOf({ preview: { ...preview, maxObjects: 11 } }).verdict, 'passed');
  const ended = reportOf({ state: 'cancelled', error: 'It had run for 6 hours.' });
  t.regex(ended.notes[0] ?? '', /was cancelled: .* It had run for 6 hours\.$/);
  t.notRegex(readMarkdown(renderSection(clipPreview(ended))).text, /It failed/);
  const within = [
    { bucket: 'a', prefix: 'in/' },
    { bucket: 'b', prefix: '' },
  ];
  t.like(reportOf({ preview: { ...preview, maxObjects: null, within } }), {
    ...{
      verdict: 'passed',
      notes: ['Previews may only read a/in/, b (previews.allowed): nothing else was scanned.'],
    },
  });
});

test('by default, the share of the corpus that a change may newly match is limited', (t) => {
  const { maxGained } = reviewConfigSchema.parse({}).preview;
  const verdictOf = (scanned: number, gainedObjects: number) =>
    reportOf({}, { scanned, gainedObjects }, maxGained).verdict;
  t.is(verdictOf(12_546, 803), 'failed', '6.4 %');
  t.is(verdictOf(12_546, 125), 'passed');
  t.is(verdictOf(20, 10), 'passed', 'a few objects of a small corpus');
  t.is(verdictOf(20, 11), 'failed');
  const limitOf = (given: unknown) => reviewConfigSchema.parse({ preview: { maxGained: given } }).preview.maxGained;
  t.deepEqual(
    [limitOf(7), limitOf(null), limitOf('0.5 %'), limitOf('2%')],
    [7, null, { share: 0.005 }, { share: 0.02 }],
  );
  for (const wrong of ['5', '%', '101 %', -1, 0.5]) {
    t.false(reviewConfigSchema.safeParse({ preview: { maxGained: wrong } }).success, String(wrong));
  }
});

test('removed detection comes first, with what it matches, and rules without a match are folded', (t) => {
  const rule = (id: string, fields: Partial<PreviewSummary['rules'][number]>) => ({
    ...({ rule: `a:${id}`, kind: 'logic', now: 'n', before: 'b', isStaged: false, nowObjects: 0 } as const),
    ...{ beforeObjects: 0, gained: 0, lost: 0, firstSeen: null, lastSeen: null, examples: [] },
    ...fields,
  });
  const rules: PreviewSummary['rules'] = [
    rule('Silent', {}),
    rule('Gone_Silent', { kind: 'removed' }),
    rule('Noisy', { nowObjects: 803, gained: 803 }),
    rule('Gone', { kind: 'removed', beforeObjects: 12, lost: 12 }),
  ];
  const section = clipPreview(reportOf({}, { scanned: 12_546, rules }));
  t.deepEqual(section.rules.map((each) => each.rule).slice(0, 2), ['a:Gone', 'a:Noisy']);
  const markdown = renderSection(section);
  t.regex(markdown, /1 removed rule matches 12 objects that would no longer be found; 803 new matches/);
  t.regex(markdown, /<td>803, 6\.4 %<\/td>/);
  t.is(markdown.split('<tr><td>').length - 1, 2, 'a row for each rule with a match');
  t.regex(markdown, /<summary>2 changed rules match nothing, now and before<\/summary>/);
});

test('a string without its bytes is shown by its place and length', (t) => {
  const string = { identifier: '$a', offset: 7, length: 5 };
  const example = { bucket: 'corpus', key: 'a', version: '', sha256: 'f'.repeat(64), state: 'gained' } as const;
  const rules: PreviewSummary['rules'] = [
    {
      ...{ rule: 'a:R', kind: 'added', now: 'now/a:R', before: null, isStaged: false, nowObjects: 1 },
      ...{ beforeObjects: 0, gained: 1, lost: 0, firstSeen: createdAt, lastSeen: createdAt },
      examples: [{ ...example, strings: [string] }],
    },
  ];
  const section = clipPreview(reportOf({}, { rules }));
  t.deepEqual(reviewSectionSchema.parse(section), section);
  t.deepEqual(section.rules[0]?.examples[0]?.strings, [string]);
  t.regex(previewLines(section, {}).join('\n'), /\$a at 7, 5 bytes$/m);
  t.true(readMarkdown(renderSection(section)).quoted.includes('$a at 7, 5 bytes'));
});

test('it is unknown if less than half of the listed objects could be scanned, whatever the reason', (t) => {
  const summary = (scanned: number) => ({
    scanned,
    skipped: [{ reason: 'too_large', objects: 5, examples: [] }] as const,
    failed: [{ reason: 'denied', objects: 5, examples: [] }] as const,
  });
  t.like(reportOf({}, summary(10)), { verdict: 'passed', notes: [] });
  t.like(reportOf({}, summary(9)), {
    verdict: 'unknown',
    notes: ['Only 9 of 19 objects could be scanned: that is too few.'],
  });
});

test('if scans did not finish, the section names the rules that the engine reports as slow, or otherwise all that scanned', (t) => {
  const rules = Array.from({ length: 7 }, (_, index): PreviewSummary['rules'][number] => ({
    ...{ rule: `a:R${index}`, kind: 'added', now: `now/a:R${index}`, before: null, isStaged: false, nowObjects: 0 },
    ...{ beforeObjects: 0, gained: 0, lost: 0, firstSeen: null, lastSeen: null, examples: [] },
  }));
  const noteOf = (suspects: SlowSuspects) =>
    reportOf({}, { rules, failed: [{ reason: 'timeout', objects: 1, examples: [] }] }, null, suspects).notes[1];
  t.is(
    noteOf({ now: ['a:R1'], before: ['a:R2'] }),
    'The engine reports as slow: a:R1. Slow before the change: a:R2. "rearview rules check" shows where.',
  );
  t.is(
    noteOf(noSuspects),
    'The engine reports none of them as slow. It scanned with: a:R0, a:R1, a:R2, a:R3, a:R4, 2 more.',
  );
  const long = Array.from({ length: 9 }, (_, index) => `${index}${'x'.repeat(2000)}`);
  const clipped = clipPreview(
    reportOf({}, { failed: [{ reason: 'timeout', objects: 1, examples: [] }] }, null, { now: long, before: [] }),
  );
  t.true(clipped.notes[1]?.includes('4 more. "rearview rules check" shows where.'));
});

test('work is reported with its time and cost, which include the listing of the whole corpus', (t) => {
  const counts = { ...scanOf().counts, objects: 9, scanned: 8, bytes: 90, scannedBytes: 80 };
  t.like(reportOf({ counts }), {
    actual: { objects: 9, bytes: 90, ms: 60_000, dollars: 200_000 + 800 + 80 },
    forecast: { objects: 10, bytes: 100, ms: null, dollars: 200_000 + 1000 + 100 },
  });
  t.is(reportOf({ finishedAt: null }).actual.ms, 30_000);
  t.is(reportOf({ expected: null }).forecast, null);
});

test('files that failed are shown with their reason, and the error of the engine; the error of a refused read is not shown', (t) => {
  const example = { bucket: 'corpus', key: 'a', version: '', size: 7, sha256: null, detail: 'arn:aws:sts::1:role' };
  const failed = (['timeout', 'denied', 'unreadable'] as const).map((reason) => ({
    ...{ reason, objects: 1, examples: [example] },
  }));
  const report = reportOf({}, { failed });
  const shown = { bucket: 'corpus', key: 'a', size: 7, sha256: null };
  t.deepEqual(
    report.failed.map(({ reason, examples }) => [reason, ...examples]),
    [
      ['timeout', { ...shown, detail: example.detail }],
      ['denied', { ...shown, detail: null }],
      ['unreadable', { ...shown, detail: null }],
    ],
  );
  t.regex(
    previewLines(report, {}).join('\n'),
    /failed +timeout: 1, such as\n +corpus a \(7 B, arn:aws:sts::1:role\)\n/,
  );
  const { text, quoted } = readMarkdown(renderSection(clipPreview(report)));
  t.is(text.match(/Files that failed/g)?.length, 3);
  t.is(quoted.filter((each) => each === 'corpus/a').length, 3);
  t.is(quoted.filter((each) => each === example.detail).length, 1);
});

test('the section of a hostile preview stays within its bounds, with rules that match more than before first', (t) => {
  const long = '\ud83d\ude00'.repeat(3000);
  const strings = Array.from({ length: 4 }, () => ({ identifier: long, offset: 0, length: 1, data: long }));
  const rule = (index: number): PreviewSummary['rules'][number] => ({
    ...{ rule: `${index}${long}`, kind: 'added', now: `now/${index}`, before: null, isStaged: false },
    ...{ nowObjects: index, beforeObjects: 0, gained: index, lost: 0, firstSeen: createdAt, lastSeen: createdAt },
    examples: Array.from({ length: 5 }, () => ({
      ...{ bucket: long, key: long, version: '', sha256: 'f'.repeat(64), state: 'gained', strings },
    })),
  });
  const hashes = Array.from({ length: 400 }, (_, index) => ({
    ...hash(index < 399 ? 'unchecked' : 'missed'),
    rule: long,
  }));
  const unscanned = { bucket: long, key: '\u0001'.repeat(3000), version: '', size: 1, sha256: null, detail: long };
  const failed = (['denied', 'changed', 'unreadable', 'timeout', 'engine_crash', 'out_of_memory'] as const).map(
    (reason) => ({ reason, objects: 9, examples: Array.from({ length: 5 }, () => unscanned) }),
  );
  const report = reportOf(
    { state: 'failed', error: long },
    { rules: Array.from({ length: 250 }, (_, index) => rule(index)), hashes, failed },
  );
  const section = clipPreview(report);
  t.notThrows(() => reviewSectionSchema.parse(section));
  t.true(Buffer.byteLength(JSON.stringify(section, null, 2)) <= maxSectionBytes);
  t.like(section, { omitted: 50, hashes: [{ state: 'missed' }] });
  t.true(section.rules[0]?.rule.startsWith('249'));
  t.is(report.rules.length, 250);
  const few = clipPreview(reportOf({}, { failed }));
  t.notThrows(() => reviewSectionSchema.parse(few));
  t.true(few.failed.every(({ examples }) => examples.length === 5));
});
