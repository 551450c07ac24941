import test from 'ava';
import fc from 'fast-check';
import { formatMarker, parseMarker } from './comment-marker.ts';

const key = fc.stringMatching(/^[a-zA-Z]{1,8}$/);
const value = fc.stringMatching(/^[\w.:/+=,]{1,20}$/);

test('a marker is parsed as it was written, with or without text below it', (t) => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }), fc.string(), (values, text) => {
      const marker = { kind: 'review', values };
      t.deepEqual(parseMarker(formatMarker(marker)), marker);
      t.deepEqual(parseMarker(`${formatMarker(marker)}\n${text}`), marker);
    }),
  );
});

test('no marker contains anything that would end it or forge another value', (t) => {
  for (const bad of ['', 'a b', '-->', 'a--b', 'a\nb', '<', 'é', '"']) {
    t.throws(() => formatMarker({ kind: 'review', values: { run: bad } }), { instanceOf: RangeError }, bad);
  }
  t.throws(() => formatMarker({ kind: 'Review', values: {} }), { instanceOf: RangeError });
});
