import test from 'ava';
import fc from 'fast-check';
import { bytesOfData, maxStringDataBytes, renderData } from './match.ts';

test('rendered data is printable ASCII and preserves the matched bytes', (t) => {
  const bytes = fc.array(fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x5c, 0x78, 0x30)), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, (each) => {
      const data = renderData(Uint8Array.from(each));
      t.regex(data, /^[\x20-\x7e]*$/);
      t.deepEqual([...bytesOfData(data)], each);
    }),
  );
});

test('at most the first 1,024 bytes are rendered', (t) => {
  t.is(bytesOfData(renderData(new Uint8Array(5000))).length, maxStringDataBytes);
});
