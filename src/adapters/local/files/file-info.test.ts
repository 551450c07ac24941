import { lstatSync } from 'node:fs';
import test from 'ava';
import { infoOf } from './file-info.ts';

// Only some file systems support such times, so they are passed in here.
test('a modification time beyond the range of a date is clamped', (t) => {
  const stats = lstatSync(new URL(import.meta.url), { bigint: true });
  const arrival = (mtimeMs: bigint) =>
    infoOf('file', 'k', Object.assign(Object.create(stats), { mtimeMs, isFile: () => true })).arrivedAt;
  t.is(arrival(10n ** 18n), '9999-12-31T23:59:59.999Z');
  t.is(arrival(-(10n ** 18n)), '1900-01-01T00:00:00.000Z');
  t.is(arrival(1_700_000_000_123n), '2023-11-14T22:13:20.123Z');
});
