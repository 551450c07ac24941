import test from 'ava';
import { newScan, type Scan } from '../../domain/scans/scan.ts';
import { collector } from '../../testing/cli/run-cli.ts';
import { createProgress } from './progress.ts';

const scan: Scan = newScan({
  ...{ id: 'retro-1', kind: 'retro', rulesetId: 'r', full: false, buckets: ['corpus'], filter: {} },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expected: { objects: 10, bytes: 10_000_000 } },
});

function at(objects: number, bytes: number): Scan {
  return { ...scan, counts: { ...scan.counts, objects, scanned: objects, bytes, scannedBytes: bytes } };
}

function setUp(isTerminal: boolean) {
  const stdout = collector();
  const stderr = collector();
  const clock = { ms: 0 };
  const progress = createProgress(
    { stdout: stdout.stream, stderr: stderr.stream, isTerminal: { stdout: isTerminal, stderr: isTerminal } },
    { now: () => clock.ms },
  );
  return { progress, stdout, stderr, clock };
}

test('a terminal has a bar with the finished work, the pace and the remaining time, which disappears at the end of the scan', (t) => {
  const { progress, stderr, clock } = setUp(true);
  progress.scan(at(0, 0));
  clock.ms = 2000;
  progress.scan(at(5, 5_000_000));
  const [, last = ''] = /\r\u001b\[2K([^\r]*)$/.exec(stderr.text()) ?? [];
  t.regex(last, /^\[#{12}\.{12}\] 50 %, 5\/10 objects, 4\.8 MiB, 2\.5 MB\/s, less t/);
  progress.scan({ ...at(10, 10_000_000), state: 'completed' });
  t.true(stderr.text().endsWith('\r\u001b[2K'));
});

test('a scan that only waits for batches says so, and gives no time', (t) => {
  const { progress, stderr, clock } = setUp(true);
  const waiting = (reported: number): Scan => ({
    ...at(9, 9_900_000),
    ...{ listingDone: true, listed: { objects: 10, bytes: 10_000_000 }, batches: { planned: 4, reported } },
  });
  const lastLine = () => /\r\u001b\[2K([^\r]*)$/.exec(stderr.text())?.[1] ?? '';
  progress.scan(at(0, 0));
  clock.ms = 2000;
  progress.scan(waiting(2));
  t.regex(lastLine(), /99 %, .* le/);
  clock.ms = 13_000;
  progress.scan(waiting(2));
  t.regex(lastLine(), /99 %, 9\/10 objects, .*waiti/);
  t.notRegex(lastLine(), /left/);
  clock.ms = 14_000;
  progress.scan(waiting(3));
  t.notRegex(lastLine(), /waiti/, 'it has advanced');
});

test('lines and results stand above the bar', (t) => {
  const { progress, stdout, stderr } = setUp(true);
  progress.scan(at(0, 0));
  progress.line('a line');
  progress.result('a result');
  t.regex(stderr.text(), /\r\u001b\[2Ka line\n\[/);
  t.is(stdout.text(), 'a result\n');
});

test('elsewhere there is a plain line every few seconds, and none for a short scan', (t) => {
  const { progress, stderr, clock } = setUp(false);
  progress.scan(at(0, 0));
  clock.ms = 1000;
  progress.scan(at(1, 1_000_000));
  t.is(stderr.text(), '');
  clock.ms = 6000;
  progress.scan(at(5, 6_000_000));
  t.regex(stderr.text(), /^retro-1: 60 %, 5\/10 objects, [^\n]*left, 0 matches\n$/);
});

test('matches of staged rules are told apart, unless another process saw some of them', (t) => {
  const { progress } = setUp(false);
  const ended = { id: 'retro-1', counts: { ...scan.counts, matches: 3 } };
  const observe = (matches: number, stagedMatches: number) =>
    progress.observe({
      ...{ type: 'object', scanId: 'retro-1', kind: 'retro', engineMs: 1, stagedMatches },
      entry: { bucket: 'b', key: 'k', version: 'v', size: 1, outcome: { status: 'scanned', matches } },
    });
  observe(2, 2);
  t.is(progress.matchesOf(ended), '3 matches');
  observe(1, 0);
  t.is(progress.matchesOf(ended), '3 matches, 2 of staged rules');
  t.is(progress.matchesOf({ ...ended, id: 'retro-2' }), '3 matches');
});

test('texts that rules print are shown after the object, made harmless, and dropped lines are counted', (t) => {
  const { progress, stderr } = setUp(false);
  const object = { bucket: 'corpus', key: 'a\u001b[31m', version: 'v' };
  const printed = { lines: ['one', '::error::\ntwo'], dropped: 3 };
  progress.observe({ type: 'printed', scanId: 'live-1', kind: 'live', object, printed });
  const label = 'console: corpus/a\\x1b[31m:';
  t.is(stderr.text(), `${label} one\n${label} ::error::\\ntwo\n${label} and 3 more texts, not shown\n`);
});

test('events of the pipeline move the bar before a batch reports', (t) => {
  const { progress, stderr, clock } = setUp(true);
  progress.scan(at(0, 0));
  clock.ms = 1000;
  progress.observe({
    ...{ type: 'object', scanId: 'retro-1', kind: 'retro', engineMs: 1 },
    entry: { bucket: 'b', key: 'k', version: 'v', size: 2_000_000, outcome: { status: 'scanned', matches: 1 } },
  });
  t.regex(stderr.text(), /20 %, 1\/10 objects/);
});
