import test from 'ava';
import fc from 'fast-check';
import { nastyTexts } from '../../testing/github/arbitrary-section.ts';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { runs } from '../../testing/runs.ts';
import type { ScanReport } from '../scan-report.ts';
import { renderScanReport } from './render-scan-report.ts';

const sums = { objects: 10, scanned: 4, covered: 1, excluded: 2, skipped: 2, failed: 1 };
const report: ScanReport = {
  commit: 'c'.repeat(40),
  rulesetId: 'd'.repeat(64),
  laterCommit: null,
  scans: [{ id: 'retro-20261125T120000-abcdef', state: 'completed', sums }],
  dropped: [],
  error: null,
  expectedObjects: 10,
  skipped: [{ reason: 'too_large', objects: 2 }],
  failed: [{ reason: 'timeout', objects: 1 }],
  finds: [
    { rule: 'a.yar:Evil', isStaged: false, contents: 3, objects: 1500 },
    { rule: 'b.yar:Quiet', isStaged: true, contents: 1, objects: 1 },
  ],
  isWhole: true,
  forecast: { objects: 5, bytes: 5000, ms: 60_000, dollars: 0.5 },
  actual: { objects: 5, bytes: 4096, ms: 61_000, dollars: 0.45 },
};
const place = { rearview: 'rearview --target aws', runUrl: 'https://github.com/octo/rules/actions/runs/7' };
const read = (changed: Partial<ScanReport> = {}) => {
  const markdown = renderScanReport({ ...report, ...changed }, place);
  const { text, quoted } = readMarkdown(markdown);
  return `${text} ${quoted.join(' ')}`.replace(/\s+/g, ' ');
};
const ended = (state: ScanReport['scans'][number]['state']) => [{ id: 'retro-1', state, sums }];

test('it reports the matches, the scanned objects, time and cost, and where to see more', (t) => {
  const text = read();
  for (const part of [
    /: completed/,
    /10 objects = 4 scanned \+ 1 covered before \+ 2 excluded by the index \+ 2 skipped \+ 1 failed/,
    /4 new matches, of 2 rules/,
    /1,500/,
    /\(staged: no alert\)/,
    /a\.yar:Evil/,
    /too_large/,
    /timeout/,
    /Forecast54\.9 KiB1 min 0 s\$0\.50/,
    /Actual54\.0 KiB1 min 1 s\$0\.45/,
    /rearview --target aws retro status retro-20261125T120000-abcdef --ledger/,
    /rearview --target aws matches list --scan retro-20261125T120000-abcdef/,
  ]) {
    t.regex(text, part);
  }
  t.true(renderScanReport(report, place).includes('href="https://github.com/octo/rules/actions/runs/7"'));
});

test('each final state is reported', (t) => {
  t.regex(read({ scans: ended('running') }), /is running; so far 10 objects .* of about 10\. This comment is updated/);
  t.regex(read({ scans: ended('paused') }), /paused.*retro resume retro-1/);
  t.regex(
    read({ scans: ended('failed'), error: 'out of luck' }),
    /The scan failed.*may not have been scanned with these rules.*out of luck/,
  );
  t.regex(read({ scans: ended('cancelled') }), /The scan was cancelled.*retro start/);
  t.regex(read({ finds: [] }), /No new matches/);
  t.regex(read({ isWhole: false }), /at least 4 new matches/);
  t.regex(read({ forecast: { objects: 1, bytes: 1, ms: null, dollars: 0 } }), /not known\$0\.00/);
});

test('a scan that another took over is reported, with the merge that it was of', (t) => {
  const scans = [...ended('cancelled'), { id: 'retro-2', state: 'completed' as const, sums: { ...sums, failed: 0 } }];
  const text = read({ scans, laterCommit: 'e'.repeat(40), error: null });
  t.regex(text, /completed.*another ruleset became active and its scan took over/);
  t.regex(text, /had scanned 4 of 10 objects when/);
  t.regex(text, /that of a later merge.*e{12}/);
  t.regex(text, /matches list --scan retro-1.*matches list --scan retro-2/);
});

test('rules that the scan that took over had no more are named, and nothing claims that they were looked for', (t) => {
  const scans = [...ended('cancelled'), { id: 'retro-2', state: 'completed' as const, sums: { ...sums, failed: 0 } }];
  t.regex(read({ scans }), /^✅.*has been scanned with the rules of this merge/);
  const text = read({ scans, dropped: ['a.yar:Evil', 'b.yar:Gone'] });
  t.notRegex(text, /✅/);
  t.regex(text, /not with all rules of this merge.*2 rules of this merge.*not part of the scan.*b\.yar:Gone/);
  t.notRegex(text, /has been scanned with the rules of this merge/);
  t.regex(read({ scans, dropped: null }), /not with all rules.*is not known whether/);
});

test('a comment of many rules fits', (t) => {
  const finds = Array.from({ length: 5000 }, (_, at) => ({
    rule: `${'&'.repeat(600)}${at}`,
    isStaged: true,
    contents: 1,
    objects: 1,
  }));
  const markdown = renderScanReport(
    {
      ...report,
      ...{ finds, dropped: finds.map(({ rule }) => rule) },
      skipped: Array.from({ length: 500 }, () => ({ reason: '<'.repeat(600), objects: 1 })),
    },
    place,
  );
  t.true(markdown.length < 65_000, String(markdown.length));
  t.regex(markdown, /more rules/);
});

test('names of rules, reasons and errors never become Markdown or HTML', (t) => {
  const hostile = fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ unit: 'binary', maxLength: 60 }));
  const plain = readMarkdown(
    renderScanReport({ ...report, scans: ended('failed'), error: 'x', dropped: ['x'] }, place),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, (rule, skipped, failed, error) => {
      const markdown = renderScanReport(
        {
          ...report,
          scans: ended('failed'),
          error,
          dropped: [rule],
          skipped: [{ reason: skipped, objects: 2 }],
          failed: [{ reason: failed, objects: 1 }],
          finds: report.finds.map((each) => ({ ...each, rule })),
        },
        place,
      );
      const { elements, text } = readMarkdown(markdown);
      t.deepEqual([[...elements], text], [[...plain.elements], plain.text]);
    }),
    { numRuns: runs(200) },
  );
});
