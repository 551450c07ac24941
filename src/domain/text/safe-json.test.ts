import test from 'ava';
import fc from 'fast-check';
import { escapeInvisible, safeJson } from './safe-json.ts';

const harmful = /[\u0000-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Texts in which the relevant characters are as frequent as all others together. */
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '\u0085',
      '\u009b',
      '\u202e',
      '\u2028',
      '\u2029',
      '\u2066',
      '\ufeff',
      '\u200d',
      '\u{e0041}',
      '\\',
      '"',
      '\ud800',
    ),
  ),
});

test('JSON contains no character that a terminal interprets, and parses to the same value', (t) => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text), fc.integer(), fc.constant(null))), (value) => {
      const json = safeJson(value);
      t.notRegex(json, harmful);
      t.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      t.notRegex(safeJson(value, 2).replaceAll('\n', ''), harmful);
      t.deepEqual(JSON.parse(safeJson(value, 2)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('characters beyond 16 bits are escaped as their surrogates, and visible text stays unchanged', (t) => {
  t.is(safeJson('\u{e0041}'), '"\\udb40\\udc41"');
  t.is(escapeInvisible('"a\u202eb"'), '"a\\u202eb"');
  t.is(safeJson('Grüße 😀 日本'), '"Grüße 😀 日本"');
});
