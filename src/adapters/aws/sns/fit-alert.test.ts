import test from 'ava';
import fc from 'fast-check';
import { type AlertFormat, renderAlert } from '../../../domain/alerts/render-alert.ts';
import { sampleAlert } from '../../../ports/alert-sink.contract.ts';
import { messageText } from '../sqs/message-text.ts';
import { fitAlert } from './fit-alert.ts';

const maxBytes = 2 ** 16;
const full = { bucket: 'state', key: 'alerts/2026-01-01/ab12.json' };
const sizeIn = (format: AlertFormat) => (alert: Parameters<typeof renderAlert>[0]) =>
  Buffer.byteLength(messageText(renderAlert(alert, format)));
const sizeOf = sizeIn('rearview');

/** Short or gigantic, of one to six bytes per character once escaped. */
const text = fc
  .tuple(
    fc.constantFrom('x', 'ü', '"', '\0', '\uffff', '\ud800', '\u{1f600}'),
    fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 30 }) }, fc.nat({ max: maxBytes })),
  )
  .map(([character, count]) => character.repeat(count));
const few = { maxLength: 3 };
const meta = fc.record({ identifier: text, value: fc.oneof(text, fc.integer(), fc.boolean()) });
const matched = fc
  .record({
    identifier: fc.constantFrom('$a', '$b', '$c'),
    offset: fc.nat(),
    length: fc.nat(),
    size: fc.nat({ max: 1024 }),
  })
  .map(({ size, ...rest }) => ({ ...rest, data: '\\xff'.repeat(size) }));
const anyAlert = fc
  .record({
    meta: fc.oneof(
      fc.array(meta, few),
      fc.constant(Array.from({ length: 9000 }, () => ({ identifier: 'a', value: 1 }))),
    ),
    tags: fc.oneof(fc.array(text, few), fc.constant(Array.from({ length: 9000 }, (_, index) => `tag${index}`))),
    strings: fc.array(matched, { maxLength: 30 }),
    texts: fc.array(text, { minLength: 8, maxLength: 8 }),
  })
  .map(({ texts, strings, ...rule }) => {
    const [id = '', namespace = '', name = '', severity = '', filepath = '', filename = '', key = '', version = ''] =
      texts;
    return sampleAlert({
      strings,
      rule: { ...rule, id, namespace, name, severity, logicHash: 'L' },
      file: { sha256: 'c', md5: 'm', size: 1, filepath, filename },
      object: { bucket: 'corpus', key, version, arrivedAt: '2026-01-01T00:00:00.000Z' },
    });
  });

const isSubsequence = (part: readonly unknown[], whole: readonly unknown[]) => {
  let place = 0;
  for (const each of whole) if (place < part.length && part[place] === each) place += 1;
  return place === part.length;
};

test('every alert fits in the end, in both formats', (t) => {
  for (const format of ['rearview', 'binaryalert'] as const) {
    const options = { maxBytes, full, sizeOf: sizeIn(format) };
    fc.assert(
      fc.property(anyAlert, (alert) => {
        t.true(options.sizeOf(fitAlert(alert, options)) <= maxBytes);
      }),
      { numRuns: 15 },
    );
  }
});

test('the rest is part of the alert, in its order, and every cut is marked', (t) => {
  fc.assert(
    fc.property(anyAlert, (alert) => {
      const cut = fitAlert(alert, { maxBytes, full, sizeOf });
      t.deepEqual(cut.full, full);
      t.is(cut.stringsTotal, alert.strings.length);
      t.deepEqual(cut.strings, alert.strings.slice(0, cut.strings.length));
      t.true(isSubsequence(cut.rule.meta, alert.rule.meta));
      t.true(isSubsequence(cut.rule.tags, alert.rule.tags));
      t.is(cut.metaTotal ?? cut.rule.meta.length, alert.rule.meta.length);
      t.is(cut.tagsTotal ?? cut.rule.tags.length, alert.rule.tags.length);
      const named = new Set(cut.shortened);
      for (const part of ['rule', 'file', 'object'] as const) {
        for (const [name, value] of Object.entries(alert[part])) {
          if (name === 'meta' || name === 'tags') continue;
          const is = new Map<string, unknown>(Object.entries(cut[part])).get(name);
          t.is(is !== value, named.has(`${part}.${name}`), `${part}.${name}`);
          if (is !== value) t.true(typeof is === 'string' && String(value).startsWith(is.slice(0, -1)));
        }
      }
    }),
    { numRuns: 15 },
  );
});

const strings = Array.from({ length: 500 }, (_, offset) => ({
  identifier: '$a',
  offset,
  length: 900,
  data: 'x'.repeat(900),
}));

test('as many strings as fit are kept: one more would be too much', (t) => {
  const alert = sampleAlert({ strings });
  const cut = fitAlert(alert, { maxBytes, full, sizeOf });
  t.true(cut.strings.length > 0);
  t.true(sizeOf(cut) <= maxBytes);
  t.true(sizeOf({ ...cut, strings: strings.slice(0, cut.strings.length + 1) }) > maxBytes);
  // Everything else is unchanged.
  t.deepEqual({ ...cut, strings }, { ...alert, full, stringsTotal: 500 });
});

test('a gigantic meta entry is left out, the small ones and some strings stay', (t) => {
  const small = { identifier: 'author', value: 'me' };
  const { rule } = sampleAlert();
  const meta = [{ identifier: 'description', value: 'x'.repeat(maxBytes) }, small];
  const cut = fitAlert(sampleAlert({ strings, rule: { ...rule, meta } }), { maxBytes, full, sizeOf });
  t.deepEqual(cut.rule.meta, [small]);
  t.is(cut.metaTotal, 2);
  t.true(cut.strings.length > 20);
  t.false('tagsTotal' in cut || 'shortened' in cut);
});

test('however large the meta is, half of the space is for strings', (t) => {
  const { rule } = sampleAlert();
  const meta = Array.from({ length: 9000 }, (_, value) => ({ identifier: 'a', value }));
  const cut = fitAlert(sampleAlert({ strings, rule: { ...rule, meta } }), { maxBytes, full, sizeOf });
  t.true(sizeOf({ ...cut, strings: [] }) <= maxBytes / 2);
  t.true(cut.rule.meta.length > 500);
  t.true(cut.strings.length > 20);
});

test('tags are cut only after meta, and texts only after tags', (t) => {
  const { rule } = sampleAlert();
  const meta = [{ identifier: 'author', value: 'me' }];
  const tags = ['a', 'x'.repeat(maxBytes), 'b'];
  const cut = fitAlert(sampleAlert({ rule: { ...rule, meta, tags } }), { maxBytes, full, sizeOf });
  t.deepEqual([cut.rule.tags, cut.tagsTotal, cut.metaTotal, cut.shortened], [['a', 'b'], 3, 1, undefined]);
  const severity = 'x'.repeat(maxBytes);
  const shortened = fitAlert(sampleAlert({ rule: { ...rule, severity } }), { maxBytes, full, sizeOf });
  t.deepEqual(shortened.shortened, ['rule.severity']);
  t.is(shortened.rule.severity, `${'x'.repeat(1023)}…`);
});
