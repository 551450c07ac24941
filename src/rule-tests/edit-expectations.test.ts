import test from 'ava';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { editExpectations } from './edit-expectations.ts';
import type { TestSpec } from './spec-schema.ts';

const edit = (text: string, ...changes: readonly (readonly [number, Partial<TestSpec>])[]) =>
  editExpectations(
    'a.yar.test.yaml',
    text,
    changes.map(([index, change]) => ({
      index,
      spec: { name: `t${index}`, sample: { text: 'x' }, matches: ['A'], ...change },
    })),
  );

test('strings are added below the matches, and nothing else changes', (t) => {
  const text = `# head
tests:
  # first
  - name: t0
    sample: { text: "x" }   # odd   spaces
    matches: [A] # why
  - { name: t1, sample: {text: 'x'}, matches: [ A ] } # second
# end`;
  const strings = {
    A: [
      { identifier: '$a', offset: 3, data: "it's \\x00 \\\\" },
      { identifier: '$', length: 9 },
    ],
  };
  t.is(
    edit(text, [0, { strings }], [1, { strings: { A: [{ identifier: '$b' }] }, matches: ['A'] }]),
    `# head
tests:
  # first
  - name: t0
    sample: { text: "x" }   # odd   spaces
    matches: [A] # why
    strings:
      A:
        - { identifier: $a, offset: 3, data: 'it''s \\x00 \\\\' }
        - { identifier: $, length: 9 }
  - { name: t1, sample: {text: 'x'}, matches: [ A ], strings: { A: [{ identifier: $b }] } } # second
# end`,
  );
});

test('strings that stay keep their text and comments; others are replaced, removed or added in their place', (t) => {
  const text = `tests:
  - name: t0
    matches:
      # the rule
      - A
    strings:
      A:
        # first
        - { identifier: $a, data: "one" } # kept
        # second
        - identifier: $b
          offset: 1
        - { identifier: $c, offset: 2 } # moved
        - { identifier: $d } # gone
      # of B
    sample: { text: x }
`;
  const [a, b, c] = [
    { identifier: '$a', data: 'one' },
    { identifier: '$b', offset: 1 },
    { identifier: '$c', offset: 7 },
  ];
  t.is(
    edit(text, [0, { strings: { A: [a, b, c] } }]),
    text.replace('offset: 2 }', 'offset: 7 }').replace('\n        - { identifier: $d } # gone', ''),
  );
  t.is(
    edit(text, [
      0,
      {
        matches: ['A', 'B'],
        strings: { A: [a, b, { identifier: '$c', offset: 2 }, { identifier: '$d' }, { identifier: '$e' }], B: [c] },
      },
    ]),
    text
      .replace('- A\n', '- A\n      - B\n')
      .replace('# gone\n', '# gone\n        - { identifier: $e }\n      B:\n        - { identifier: $c, offset: 7 }\n'),
  );
  t.is(edit(text, [0, {}]), text.replace(/ {4}strings:[\s\S]*# gone\n/, ''));
});

const names = ['A', 'B', 'other/file.yar:C'];
const entry = fc.record(
  {
    identifier: fc.constantFrom('$a', '$b', '$'),
    offset: fc.nat(99),
    length: fc.nat(99),
    data: fc.string({ maxLength: 9 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?')),
  },
  { requiredKeys: ['identifier'], noNullPrototype: true },
);
const expectation = fc.subarray(names).chain((matches) =>
  fc.record({
    matches: fc.constant(matches),
    strings: fc.option(
      fc
        .subarray(matches)
        .chain((rules) =>
          fc
            .tuple(
              ...rules.map(() =>
                fc.uniqueArray(entry, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
              ),
            )
            .map((lists) => Object.fromEntries(rules.map((rule, at) => [rule, lists[at] ?? []]))),
        ),
      { nil: undefined },
    ),
  }),
);

test('any expectation can become any other, in any layout, and comments and other tests stay', (t) => {
  const layout = fc.record({ flow: fc.boolean(), json: fc.boolean(), order: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.tuple(expectation, layout, expectation), { minLength: 1, maxLength: 3 }), (tests) => {
      const specOf = (
        index: number,
        { matches, strings }: { matches: string[]; strings?: TestSpec['strings'] },
        isLast = true,
      ): TestSpec => {
        const expected = {
          matches,
          ...(strings === undefined || Object.keys(strings).length === 0 ? {} : { strings }),
        };
        const others = { name: `t${index}`, sample: { text: 'x' } };
        return isLast ? { ...others, ...expected } : { ...expected, ...others };
      };
      const texts = tests.map(([before, { flow, json, order }], index) => {
        const spec = specOf(index, before, order);
        const lines = json
          ? [JSON.stringify(spec)]
          : stringify(spec, { collectionStyle: flow ? 'flow' : 'any', lineWidth: 0 })
              .trimEnd()
              .split('\n');
        return `  # about ${index}\n  - ${lines.join('\n    ')} # end ${index}\n`;
      });
      const edited = editExpectations('a.yar.test.yaml', `tests:\n${texts.join('')}`, [
        { index: 0, spec: specOf(0, tests[0]?.[2] ?? { matches: [] }) },
      ]);
      return texts.every((text, index) => {
        const comments = edited.includes(`# about ${index}\n`);
        // The comment at the end of what is removed goes with it.
        return (
          comments && (index === 0 || edited.includes(text.trim()) || new RegExp(`name"?: ?"?t${index}`).test(edited))
        );
      });
    }),
    { numRuns: 300 },
  );
  t.pass();
});
