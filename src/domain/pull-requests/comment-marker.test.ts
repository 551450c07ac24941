import test from 'ava';
import fc from 'fast-check';
import { formatMarker, parseMarker } from './comment-marker.ts';

const key = fc.stringMatching(/^[a-zA-Z]{1,8}$/);
const value = fc.stringMatching(/^[\w.:/+=,]{1,20}$/);

test('a marker reads back as it was written, with or without text below it', (t) => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }), fc.string(), (values, text) => {
      const marker = { kind: 'review', values };
      t.deepEqual(parseMarker(formatMarker(marker)), marker);
      t.deepEqual(parseMarker(`${formatMarker(marker)}\n${text}`), marker);
    }),
  );
});

test('nothing that would end the marker, or forge another value, gets into one', (t) => {
  for (const bad of ['', 'a b', '-->', 'a--b', 'a\nb', '<', 'é', '"']) {
    t.throws(() => formatMarker({ kind: 'review', values: { run: bad } }), { instanceOf: RangeError }, bad);
  }
  t.throws(() => formatMarker({ kind: 'Review', values: {} }), { instanceOf: RangeError });
});
