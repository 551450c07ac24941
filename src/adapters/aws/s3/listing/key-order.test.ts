import test from 'ava';
import fc from 'fast-check';
import { compareKeys } from './key-order.ts';

const character = fc.constantFrom(
  'a',
  'b',
  '/',
  '\0',
  'ü',
  '\ud7ff',
  '\ue000',
  '\uff5e',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
);
const text = fc.oneof(
  fc.array(character, { maxLength: 4 }).map((each) => each.join('')),
  fc.string({ unit: 'binary' }),
);

test('keys are in the order of their UTF-8 bytes, also beyond the basic plane', (t) => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      t.is(Math.sign(compareKeys(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2000 },
  );
});
