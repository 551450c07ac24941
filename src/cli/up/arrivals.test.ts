import test from 'ava';
import { createArrivals } from './arrivals.ts';

function setUp() {
  const lines: string[] = [];
  const timers: (() => void)[] = [];
  const arrivals = createArrivals(
    (label, text) => void lines.push(`${label} ${text}`),
    (done) => void timers.push(done),
  );
  const arrive = (count: number, matches = 0, staged = 0) => {
    for (let at = 0; at < count; at += 1)
      arrivals.add({ bucket: 'b', key: `f${at}`, version: 'v', size: 1 }, { status: 'scanned', matches }, staged);
  };
  return { lines, arrive, arrivals, tick: () => timers.shift()?.() };
}

test('few files have a line each, many are counted', (t) => {
  const { lines, arrive, tick } = setUp();
  arrive(1000);
  arrive(5, 2);
  t.deepEqual(lines, ['arrived f0: 0 matches', 'arrived f1: 0 matches', 'arrived f2: 0 matches']);
  tick();
  t.is(lines.at(-1), 'arrived 1,002 more files, 5 with matches');
  arrive(2);
  t.is(lines.length, 4, 'while they keep arriving, none has a line');
  tick();
  t.is(lines.at(-1), 'arrived 2 more files, none with matches');
  tick();
  arrive(1, 2, 2);
  t.is(lines.at(-1), 'arrived f0: 2 matches, staged', 'after a pause, a file has a line again');
});

test('what is counted is printed at the end', (t) => {
  const { lines, arrive, arrivals } = setUp();
  arrive(4, 1);
  arrivals.flush();
  arrivals.flush();
  t.deepEqual(lines.slice(3), ['arrived 1 more file, 1 with matches']);
});
