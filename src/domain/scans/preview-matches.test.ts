import test from 'ava';
import fc from 'fast-check';
import { type MatchedString, type RuleMatch, renderData } from './match.ts';
import { maxPreviewDataBytes, maxPreviewStrings, type PreviewString } from './preview.ts';
import { maxPreviewStringBytes, previewMatches } from './preview-matches.ts';

const bytes = (strings: readonly PreviewString[]) => Buffer.byteLength(JSON.stringify(strings));
const matched: fc.Arbitrary<MatchedString> = fc.record({
  identifier: fc.constantFrom('$a', '$b', `$${'long'.repeat(30)}`),
  offset: fc.nat(),
  length: fc.nat(),
  data: fc.uint8Array({ maxLength: 200 }).map(renderData),
});
const match: fc.Arbitrary<RuleMatch> = fc.record({
  namespace: fc.constantFrom('now/a.yar', 'before/a.yar'),
  rule: fc.stringMatching(/^[a-z]{1,20}$/),
  tags: fc.constant([]),
  meta: fc.constant([]),
  strings: fc.array(matched, { maxLength: 8 }),
});

test('all rules are listed in order, with their first strings, within the bounds', (t) => {
  const holds = fc.property(fc.array(match, { maxLength: 300, size: 'max' }), (matches) => {
    const kept = previewMatches(matches, { matchedBytes: true });
    t.deepEqual(
      kept.map(({ rule }) => rule),
      matches.map(({ namespace, rule }) => `${namespace}:${rule}`),
    );
    for (const [index, { strings }] of kept.entries()) {
      t.true(strings.length <= maxPreviewStrings);
      for (const [at, { data, ...place }] of strings.entries()) {
        const found = matches[index]?.strings[at];
        t.like(found, place);
        t.true(found?.data.startsWith(data ?? 'none'));
      }
    }
    t.true(kept.reduce((sum, { strings }) => sum + bytes(strings) - 2, 0) <= maxPreviewStringBytes);
  });
  fc.assert(holds, { numRuns: 50 });
});

test('the data of a string is cut to a number of bytes, its length is not', (t) => {
  const strings = [{ identifier: '$a', offset: 7, length: 100, data: renderData(new Uint8Array(100).fill(0xff)) }];
  const [each] = previewMatches([{ namespace: 'n', rule: 'R', tags: [], meta: [], strings }], { matchedBytes: true });
  t.deepEqual(each, { rule: 'n:R', strings: [{ ...strings[0], data: String.raw`\xff`.repeat(maxPreviewDataBytes) }] });
});

test('if there are many rules, each shows fewer strings, and the later ones may show none', (t) => {
  const string = { identifier: '$a', offset: 1, length: 64, data: 'x'.repeat(64) };
  const shownOf = (count: number) => {
    const strings = Array.from({ length: 6 }, () => string);
    const matches = Array.from({ length: count }, (_, index) => ({
      ...{ namespace: 'n', rule: `R${index}`, tags: [], meta: [], strings },
    }));
    return previewMatches(matches, { matchedBytes: true }).map((each) => each.strings.length);
  };
  t.deepEqual([...new Set(shownOf(20))], [4]);
  t.deepEqual([...new Set(shownOf(300))], [1]);
  const many = shownOf(2000);
  t.deepEqual([...new Set(many)], [1, 0]);
  t.deepEqual(
    many,
    many.toSorted((a, b) => b - a),
  );
});

test('without matched bytes, a string has its offset and length and nothing of the file', (t) => {
  const holds = fc.property(fc.array(match, { maxLength: 20 }), (matches) => {
    for (const { strings } of previewMatches(matches, { matchedBytes: false })) {
      for (const string of strings) t.deepEqual(Object.keys(string), ['identifier', 'offset', 'length']);
    }
  });
  fc.assert(holds, { numRuns: 50 });
});
