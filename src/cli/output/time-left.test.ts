import test from 'ava';
import { timeLeft } from './time-left.ts';

const begin = { atMs: 0, objects: 0, bytes: 0 };
const left = (objects: number, bytes: number, elapsedMs: number, from = begin) =>
  timeLeft({ objects, bytes, expectedObjects: 1000, expectedBytes: 1_000_000 }, from, elapsedMs);

test('the time left has no precision that it cannot have', (t) => {
  t.is(left(500, 500_000, 2000), 'less than a minute left');
  t.is(left(500, 500_000, 150_000), 'about 3 min left');
  t.is(left(100, 100_000, 300_000), 'about 45 min left');
  t.is(left(10, 10_000, 300_000), 'about 9 h left');
});

test('where files and bytes have different paces, the slower one is the bound', (t) => {
  t.is(left(100, 900_000, 60_000), 'at most 9 min left');
  t.is(left(900, 100_000, 60_000), 'at most 9 min left');
});

test('nothing is said before there is a pace, of a scan without an estimate, or at its end', (t) => {
  t.is(left(1, 1, 900), null);
  t.is(left(0, 0, 9000), null);
  t.is(left(1000, 1_000_000, 9000), null);
  t.is(timeLeft({ objects: 5, bytes: 5, expectedObjects: null, expectedBytes: null }, begin, 9000), null);
  t.is(left(500, 500_000, 2000, { atMs: 0, objects: 500, bytes: 500_000 }), null, 'what was done before is no pace');
});
