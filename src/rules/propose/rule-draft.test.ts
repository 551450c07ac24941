import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { checkSource, compile } from '../../engine/compile.ts';
import { formatRule } from './rule-draft.ts';

test('a string of any content compiles, and matches that content and no other', (t) => {
  const text = fc.oneof(
    fc.string({ minLength: 2, maxLength: 40 }),
    fc.constantFrom('a\\"b', '\\x41\\n', '/* "', '*/ //', '$a = {'),
  );
  fc.assert(
    fc.property(text, fc.string({ unit: 'binary', maxLength: 20 }), fc.boolean(), (content, meta, isWide) => {
      const rule = formatRule({
        name: 'Draft',
        meta: [['description', meta]],
        strings: [{ kind: 'text', text: content, encodings: isWide ? ['wide'] : ['ascii'] }],
        guards: ['filesize < 4KB'],
      });
      using rules = compile([{ namespace: 'a.yar', source: rule }]);
      const bytes = Buffer.from(content, isWide ? 'utf16le' : 'utf8');
      const scan = (sample: Uint8Array) => rules.scan(sample, externalsOf('')).length;
      return scan(Buffer.concat([Buffer.from('..'), bytes])) === 1 && scan(bytes.subarray(1)) === 0;
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test('bytes of any kind compile without a warning, and match those bytes and no others', (t) => {
  const byte = fc.oneof(fc.integer({ min: 1, max: 0x7f }), fc.constantFrom(0x09, 0x22, 0x5c), fc.nat(255));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 16 }), fc.array(byte, { minLength: 4 }), (any, ascii) => {
      for (const bytes of [any, Uint8Array.from(ascii)]) {
        const strings = [{ kind: 'hex' as const, bytes }];
        const source = formatRule({ name: 'Draft', meta: [['n', '']], strings, guards: [] });
        t.deepEqual(checkSource({ namespace: 'a.yar', source }), { errors: [], warnings: [] }, source);
        using rules = compile([{ namespace: 'a.yar', source }]);
        const scan = (sample: Uint8Array) => rules.scan(sample, externalsOf('')).length;
        t.is(scan(Buffer.concat([Buffer.from([0, 0]), bytes])), 1, source);
        t.is(scan(bytes.subarray(1)), 0, source);
      }
    }),
    { numRuns: 60 },
  );
});

test('letters of any script stay readable in meta, and invisible characters do not', (t) => {
  const rule = formatRule({ name: 'A', meta: [['author', 'Jörg 李\u202e\u200b\n\u00a0"']], strings: [], guards: [] });
  t.regex(rule, /author = "Jörg 李\\xe2\\x80\\xae\\xe2\\x80\\x8b\\x0a\\xc2\\xa0\\""/);
});

test('all of a few strings are needed, and three in five of many', (t) => {
  const draft = (count: number) =>
    formatRule({
      ...{ name: 'A', meta: [], guards: ['uint16(0) == 0x5a4d', 'filesize < 4KB'] },
      strings: Array.from({ length: count }, (_, at) => ({ kind: 'hex' as const, bytes: Uint8Array.of(at, 255) })),
    });
  t.regex(
    draft(3),
    /\$h3 = \{ 02 FF \}\n {2}condition:\n {4}uint16\(0\) == 0x5a4d and\n {4}filesize < 4KB and\n {4}all of them\n\}/,
  );
  t.regex(draft(4), /\n {4}3 of them\n/);
  t.regex(draft(10), /\n {4}6 of them\n/);
});
