import test from 'ava';
import { hasCode } from '../domain/errors.ts';
import { mayLieBelow } from '../domain/text/wildcard.ts';
import { goodwarePlace, rootWithSlashes } from './goodware-place.ts';
import { reviewConfigSchema } from './review-config.ts';

const { places } = reviewConfigSchema.parse({}).goodware;

test('without a name the place is that of the machine', (t) => {
  t.deepEqual(goodwarePlace(places, [], 'linux'), { name: 'linux', roots: ['/usr'] });
  t.deepEqual(goodwarePlace(places, [], 'darwin'), { name: 'macos', roots: places['macos'] ?? [] });
  t.deepEqual(goodwarePlace(places, [], 'win32'), { name: 'windows', roots: ['C:\\Windows\\System32'] });
});

test('several places are one, each root once', (t) => {
  const given = { a: ['/x', 's3://bucket/'], b: ['/x', '/y'], c: [] };
  t.deepEqual(goodwarePlace(given, ['b', 'a', 'b'], 'linux'), { name: 'b, a', roots: ['/x', '/y', 's3://bucket/'] });
});

test('a place that is not configured, or is empty, is an error that lists the configured places', (t) => {
  const refused = (names: readonly string[], platform = 'linux') =>
    t.throws(() => goodwarePlace({ mine: ['/x'], empty: [] }, names, platform));
  t.regex(refused(['constructor']).message, /no "constructor": name one of mine, empty/);
  t.regex(refused([]).message, /no "linux"/);
  t.regex(refused([], 'freebsd').message, /no "freebsd"/);
  t.true(hasCode(refused(['empty']), 'ERR_CONFIG'));
});

test('roots on Windows are reported with slashes, so that patterns of exceptions fit', (t) => {
  t.is(rootWithSlashes('C:\\Windows\\System32', 'win32'), 'C:/Windows/System32');
  t.is(rootWithSlashes('/odd\\name', 'linux'), '/odd\\name');
  t.true(mayLieBelow('C:/Windows/System32/*.dll', rootWithSlashes('C:\\Windows\\System32', 'win32')));
});
