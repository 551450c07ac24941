import test from 'ava';
import fc from 'fast-check';
import { decodePath, encodePath } from './path-key.ts';

const paths = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
  fc
    .array(
      fc.constantFrom(
        ...[...'\\xffab/0'].map((each) => each.charCodeAt(0)),
        0xff,
        0xc3,
        0xa9,
        0xed,
        0xa0,
        0x80,
        0xef,
        0xbb,
        0xbf,
      ),
    )
    .map((bytes) => Uint8Array.from(bytes)),
);

test('every path can be restored from its key, so no two paths share one', (t) => {
  fc.assert(
    fc.property(paths, (path) => {
      t.deepEqual(Uint8Array.from(decodePath(encodePath(path))), Uint8Array.from(path));
    }),
  );
});

test('keys are well-formed text that survives UTF-8', (t) => {
  fc.assert(
    fc.property(paths, (path) => {
      const key = encodePath(path);
      t.is(Buffer.from(key, 'utf8').toString('utf8'), key);
    }),
  );
});

test('ordinary paths are their own keys', (t) => {
  for (const path of ['/usr/bin/[', '/tmp/a b+c%20', '/tmp/ü\n']) t.is(encodePath(Buffer.from(path)), path);
});

test('a backslash and an invalid byte are never confused', (t) => {
  t.is(encodePath(Buffer.from('a\\xff')), 'a\\\\xff');
  t.is(encodePath(Buffer.from([0x61, 0xff])), 'a\\xff');
});
