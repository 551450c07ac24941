import test from 'ava';
import fc from 'fast-check';
import { clipMiddle } from './clip-middle.ts';

test('a text that fits is unchanged; of a longer one, the beginning and the end stay', (t) => {
  t.is(clipMiddle('short', 100), 'short');
  t.is(clipMiddle('a'.repeat(100), 100), 'a'.repeat(100));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '😀'), minLength: 101, maxLength: 400 }),
      fc.integer({ min: 60, max: 100 }),
      (text, max) => {
        const clipped = clipMiddle(text, max);
        t.true(clipped.length <= max);
        const [head = '', omitted = '', tail = ''] = clipped.split(/\n… (\d+) characters left out …\n/);
        t.is(head.length + Number(omitted) + tail.length, text.length);
        t.true(text.startsWith(head) && text.endsWith(tail));
        t.true(clipped.isWellFormed());
      },
    ),
  );
});
