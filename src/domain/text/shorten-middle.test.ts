import test from 'ava';
import fc from 'fast-check';
import { shortenMiddle } from './shorten-middle.ts';

test('a shortened text has at most the given bytes, and whole characters of its beginning and end', (t) => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 60 }), fc.nat(60), (whole, maxBytes, headBytes) => {
      const short = shortenMiddle(whole, maxBytes, headBytes);
      t.true(Buffer.byteLength(short) <= maxBytes);
      if (Buffer.byteLength(whole) <= maxBytes) {
        t.is(short, whole);
        return;
      }
      // The text may itself contain the mark.
      const fits = [...short.matchAll(/…/g)].some(
        ({ index }) => whole.startsWith(short.slice(0, index)) && whole.endsWith(short.slice(index + 1)),
      );
      t.true(fits, short);
    }),
  );
  t.is(shortenMiddle('/srv/a/b/c.exe', 12, 4), '/srv…c.exe');
  t.is(shortenMiddle('数数数数', 11, 3), '数…数');
});
