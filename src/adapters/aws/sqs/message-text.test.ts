import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../domain/errors.ts';
import { attributeText, messageText } from './message-text.ts';

/** The character set from the API reference of SendMessage. */
const taken = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
/** Half of them from the edges of the set. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(
        0,
        8,
        9,
        11,
        13,
        31,
        127,
        0x2028,
        0xd7ff,
        0xd800,
        0xdbff,
        0xdc00,
        0xdfff,
        0xe000,
        0xfffd,
        0xfffe,
        0xffff,
      ),
    ),
    { maxLength: 40 },
  )
  .map((units) => String.fromCharCode(...units));

test('any JSON value is sent in characters that SQS accepts, and parses to the same value', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), anyText, anyText, (value, key, text) => {
      const body = { [key]: text, value };
      const sent = messageText(JSON.stringify(body));
      t.regex(sent, taken);
      t.deepEqual(JSON.parse(sent), JSON.parse(JSON.stringify(body)));
    }),
  );
});

test('JSON with unescaped lone surrogates also parses to the same value', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      // Unlike JSON.stringify, which already escapes lone surrogates.
      const json = `"${text.replaceAll(/[\0-\x1f"\\]/g, '')}"`;
      t.is(JSON.parse(messageText(json)), JSON.parse(json));
      t.regex(messageText(json), taken);
    }),
  );
});

test('a control character in a JSON string, where JSON does not allow it, is escaped', (t) => {
  t.is(messageText('{"a":"\0\x1f"}'), '{"a":"\\u0000\\u001f"}');
});

test('text that needs no escape is sent unchanged, even if it is not JSON', (t) => {
  for (const text of ['', 'no JSON', '{"a":"ü\u{1f600}\u2028\\u0000"}', 'a\tb\r\n']) t.is(messageText(text), text);
});

test('text that is not JSON and has such characters is refused rather than changed', (t) => {
  for (const text of ['a\0b', '\ud800', '{"a":1}\uffff']) {
    t.true(
      hasCode(
        t.throws(() => messageText(text)),
        'ERR_CONFIG',
      ),
    );
  }
});

test('the value of an attribute has no control characters, no lone surrogates, and at most 256 characters', (t) => {
  t.is(attributeText('webshell/ü-\u{1f600}.yar'), 'webshell/ü-\u{1f600}.yar');
  t.is(attributeText('a\nb\0c\u0085'), 'a\ufffdb\ufffdc\ufffd');
  t.is(attributeText('a\u202eb\u200bc\u2028d\u{e0041}'), 'a\ufffdb\ufffdc\ufffdd\ufffd');
  // The cut is inside a surrogate pair.
  t.is(attributeText(`${'x'.repeat(255)}\u{1f600}`), `${'x'.repeat(255)}\ufffd`);
  fc.assert(
    fc.property(anyText, (text) => {
      t.true(attributeText(text).isWellFormed());
      t.notRegex(attributeText(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/u);
    }),
  );
});
