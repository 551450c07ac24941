import test from 'ava';
import { parseTime } from './parse-time.ts';

const now = Date.parse('2026-03-10T12:00:00Z');

test('a time is ISO 8601, in UTC if it has no zone', (t) => {
  t.is(parseTime('2026-01-31', now), '2026-01-31T00:00:00.000Z');
  t.is(parseTime('2026-01-31T08:00', now), '2026-01-31T08:00:00.000Z');
  t.is(parseTime('2026-01-31T08:00:00+02:00', now), '2026-01-31T06:00:00.000Z');
});

test('a duration counts back from now', (t) => {
  t.is(parseTime('90s', now), '2026-03-10T11:58:30.000Z');
  t.is(parseTime('12h', now), '2026-03-10T00:00:00.000Z');
  t.is(parseTime('7d', now), '2026-03-03T12:00:00.000Z');
  t.is(parseTime('2w', now), '2026-02-24T12:00:00.000Z');
});

for (const text of ['', '7', '7y', 'yesterday', '2026-02-30', '2026-13-01', '31.01.2026', '99999999999999d']) {
  test(`"${text}" is not a time`, (t) => {
    t.throws(() => parseTime(text, now), { code: 'ERR_USAGE', message: /^Invalid time/ });
  });
}
