import test from 'ava';
import fc from 'fast-check';
import { dressings, ruleModels, writeRules } from '../testing/rules/arbitrary-rules.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { buildRuleset } from './ruleset.ts';

const build = (files: Readonly<Record<string, string>>, version = '1') =>
  buildRuleset(
    Object.entries(files).map(([namespace, source]) => ({ namespace, source })),
    { name: 'yara-x', version },
  );
const diff = (base: string, head: string) => diffRulesets(build({ a: base }), build({ a: head }));

test('a ruleset does not differ from itself, whatever its layout', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (rules, { gaps }) => {
      const head = build({ a: writeRules(rules) });
      t.deepEqual(diffRulesets(build({ a: writeRules(rules, { gaps, tags: [], meta: [] }) }), head), {
        ...{
          changes: [],
          unchanged: rules.length,
          logicToScan: [],
          dependents: [],
          leftOut: { quarantined: 0, duplicates: 0, changes: [], returned: [] },
        },
      });
    }),
    { numRuns: 30 },
  );
});

test('without a base, all rules are added and all logic has to be scanned', (t) => {
  const head = build({ a: 'rule a { condition: true } rule b { condition: true } rule c { condition: false }' });
  const { changes, unchanged, logicToScan } = diffRulesets(null, head);
  t.deepEqual(
    changes,
    ['a:a', 'a:b', 'a:c'].map((rule) => ({ kind: 'added', rule, dependents: [] })),
  );
  t.is(unchanged, 0);
  t.is(logicToScan.length, 2);
});

test('changed strings and a changed condition are named', (t) => {
  const { changes, logicToScan } = diff(
    'rule a { strings: $a = "1" $b = "2" $ = "x" condition: any of them } rule same { condition: true }',
    'private rule a { strings: $a = "1" wide $c = { 62 } $ = "y" condition: all of them } rule same { condition: true }',
  );
  t.deepEqual(changes, [
    {
      ...{
        kind: 'logic',
        rule: 'a:a',
        cause: 'own',
        condition: true,
        variables: [],
        modifiers: ['private'],
        dependencies: [],
      },
      ...{ scope: 'narrower', dependents: [] },
      texts: [
        { part: '$c', before: null, after: '{ 62 }' },
        { part: '$a', before: '"1"', after: '"1" wide' },
        { part: '$ (3)', before: '"x"', after: '"y"' },
        { part: '$b', before: '"2"', after: null },
        { part: 'condition', before: 'any of them', after: 'all of them' },
      ],
      strings: { added: ['$c'], removed: ['$b'], changed: ['$a', '$ (3)'] },
      what: [
        ...[
          '$c added',
          '$a changed',
          '$ (3) changed',
          '$b removed',
          'condition changed',
          'modifier private added or removed',
        ],
      ],
    },
  ]);
  t.is(logicToScan.length, 1);
});

test('if only a dependency changed, it is named, and the rules in between are not', (t) => {
  const source = (condition: string) =>
    `rule deep { condition: ${condition} } rule middle { condition: deep } rule top { condition: middle } rule other { condition: 1 == 1 }`;
  const { changes, dependents, unchanged } = diff(source('true'), source('false'));
  t.deepEqual(
    changes.map((each) => each.kind === 'logic' && [each.rule, each.cause, ...each.dependencies]),
    [
      ['a:deep', 'own'],
      ['a:middle', 'dependency', 'deep'],
      ['a:top', 'dependency', 'deep'],
    ],
  );
  t.deepEqual(dependents, ['a:middle', 'a:top']);
  t.is(unchanged, 1);
});

test('rules that depend on a change are named, even indirectly: those of the head, and those of the base if it was removed', (t) => {
  const { changes } = diff(
    'rule gone { condition: true } rule user { condition: gone } rule over { condition: user } rule deep { condition: filesize > 1 }',
    'rule deep { condition: filesize > 0 } rule user { condition: deep } rule over { condition: any of (user) }',
  );
  t.deepEqual(
    changes.map(({ rule, dependents }) => [rule, ...dependents]),
    [['a:deep', 'a:user', 'a:over'], ['a:user', 'a:over'], ['a:over'], ['a:gone', 'a:user', 'a:over']],
  );
});

test('the texts before and after the change are on one line, without comments', (t) => {
  const { changes } = diff(
    'rule a { strings: $a = { 61 // one\n 62 } $b = "x // y" /* gap */ wide condition: $a /* and */ and\n\t$b }',
    'rule a { strings: $a = /a\\/b/i $b = "x // y" condition: any of ($a,\n $b) // end\n }',
  );
  t.deepEqual(changes[0]?.kind === 'logic' && changes[0].texts, [
    { part: '$a', before: '{ 61 62 }', after: '/a\\/b/i' },
    { part: '$b', before: '"x // y" wide', after: '"x // y"' },
    { part: 'condition', before: '$a and $b', after: 'any of ($a, $b)' },
  ]);
});

test('a broader dependency makes the rule broader although its text is unchanged', (t) => {
  const source = (size: number) =>
    `rule deep { condition: filesize > ${size} } rule top { condition: deep } rule other { condition: not deep }`;
  const { changes } = diff(source(2), source(1));
  t.deepEqual(
    changes.map((each) => each.kind === 'logic' && [each.rule, each.scope, ...each.texts.map(({ part }) => part)]),
    [
      ['a:deep', 'broader', 'condition'],
      ['a:top', 'broader'],
      ['a:other', 'narrower'],
    ],
  );
});

test('a new global rule is named by all rules of its namespace', (t) => {
  const { changes, dependents } = diff(
    'rule a { condition: true }',
    'rule a { condition: true } global rule g { condition: false }',
  );
  t.deepEqual(
    changes.map(({ kind, rule }) => `${kind} ${rule}`),
    ['logic a:a', 'added a:g'],
  );
  t.deepEqual(dependents, ['a:a']);
});

test('another engine is named if nothing else changed', (t) => {
  const files = { a: 'rule a { condition: true }' };
  const [change] = diffRulesets(build(files, '1'), build(files, '2')).changes;
  t.like(change, { kind: 'logic', cause: 'engine' });
  t.regex(change?.kind === 'logic' ? (change.what[0] ?? '') : '', /yara-x 2/);
});

test('a rule with changes only in meta or tags has nothing to scan', (t) => {
  const { changes, logicToScan } = diff(
    'rule a : x { meta: author = "1" date = "2" n = 1 condition: true }',
    'rule a : y { meta: author = "1" date = "3" n = "1" condition: true }',
  );
  t.deepEqual(changes, [{ kind: 'described', rule: 'a:a', dependents: [], what: ['meta date', 'meta n', 'tags'] }]);
  t.deepEqual(logicToScan, []);
});

test('a rule with equal logic elsewhere is moved, not added and removed', (t) => {
  const base = build({
    a: 'rule one { condition: 1 == 1 } rule two { condition: 1 == 1 } rule gone { condition: false }',
  });
  const head = build({ a: 'rule new { condition: 1 == 1 }', b: 'rule one { meta: x = 1 condition: 1 == 1 }' });
  const { changes, logicToScan, unchanged } = diffRulesets(base, head);
  t.deepEqual(changes, [
    { kind: 'moved', rule: 'a:new', dependents: [], from: 'a:two', what: [] },
    { kind: 'moved', rule: 'b:one', dependents: [], from: 'a:one', what: ['meta x'] },
    { kind: 'removed', rule: 'a:gone', dependents: [] },
  ]);
  t.deepEqual([logicToScan, unchanged], [[], 0]);
});

test('a copy of an unchanged rule is added', (t) => {
  const { changes, logicToScan } = diff(
    'rule a { condition: true }',
    'rule a { condition: true } rule b { condition: true }',
  );
  t.deepEqual([changes, logicToScan], [[{ kind: 'added', rule: 'a:b', dependents: [] }], []]);
});
