import test from 'ava';
import fc from 'fast-check';
import { decodeMetadata, encodeMetadata } from './s3-metadata.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((each) => String.fromCharCode(each)) }),
);

test('any metadata is restored, and sent as plain ASCII', (t) => {
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), fc.boolean(), (metadata, shortest) => {
      const encoded = encodeMetadata(metadata, { shortest });
      for (const [name, value] of Object.entries(encoded)) {
        t.regex(name, /^[a-z0-9._%-]+$/);
        t.regex(value, /^[!-~]+$/);
      }
      const lower = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]);
      // Objects made by fast-check have a null prototype.
      t.deepEqual(decodeMetadata(encoded), Object.fromEntries(lower));
    }),
  );
});

test('plain names and paths stay readable, and values by others stay unchanged', (t) => {
  t.deepEqual(encodeMetadata({ FilePath: 'C:\\x.exe', b: 'ü 1%' }), { filepath: 'C:\\x.exe', b: '%c3%bc%201%25' });
  t.deepEqual(encodeMetadata({ a: '数'.repeat(9) }, { shortest: true }), {
    a: '=?UTF-8?B?5pWw5pWw5pWw5pWw5pWw5pWw5pWw5pWw5pWw?=',
  });
  const like = { a: '=?UTF-8?B?5pWw?=' };
  t.deepEqual(decodeMetadata(like), { a: '数' });
  t.deepEqual(decodeMetadata(encodeMetadata(like)), like);
  for (const value of ['100%', '%zz', '%ff', '%u12', 'a b', '=?UTF-8?Q?x?='])
    t.deepEqual(decodeMetadata({ a: value }), { a: value });
});
