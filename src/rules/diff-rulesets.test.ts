import test from 'ava';
import fc from 'fast-check';
import { dressings, ruleModels, writeRules } from '../testing/arbitrary-rules.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { buildRuleset } from './ruleset.ts';

const build = (files: Readonly<Record<string, string>>, version = '1') =>
  buildRuleset(
    Object.entries(files).map(([namespace, source]) => ({ namespace, source })),
    { name: 'yara-x', version },
  );
const diff = (base: string, head: string) => diffRulesets(build({ a: base }), build({ a: head }));

test('a ruleset does not differ from itself, however it is laid out', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (rules, { gaps }) => {
      const head = build({ a: writeRules(rules) });
      t.deepEqual(diffRulesets(build({ a: writeRules(rules, { gaps, tags: [], meta: [] }) }), head), {
        ...{ changes: [], unchanged: rules.length, logicToScan: [], dependents: [] },
      });
    }),
    { numRuns: 30 },
  );
});

test('against nothing all rules are added, and all logic is to be scanned', (t) => {
  const head = build({ a: 'rule a { condition: true } rule b { condition: true } rule c { condition: false }' });
  const { changes, unchanged, logicToScan } = diffRulesets(null, head);
  t.deepEqual(
    changes,
    ['a:a', 'a:b', 'a:c'].map((rule) => ({ kind: 'added', rule })),
  );
  t.is(unchanged, 0);
  t.is(logicToScan.length, 2);
});

test('strings and condition that changed are named', (t) => {
  const { changes, logicToScan } = diff(
    'rule a { strings: $a = "1" $b = "2" $ = "x" condition: any of them } rule same { condition: true }',
    'private rule a { strings: $a = "1" wide $c = { 62 } $ = "y" condition: all of them } rule same { condition: true }',
  );
  t.deepEqual(changes, [
    {
      ...{ kind: 'logic', rule: 'a:a', cause: 'own', condition: true, modifiers: ['private'], dependencies: [] },
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

test('where only a dependency changed, that one is named, and not those in between', (t) => {
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

test('another engine is named where nothing else changed', (t) => {
  const files = { a: 'rule a { condition: true }' };
  const [change] = diffRulesets(build(files, '1'), build(files, '2')).changes;
  t.like(change, { kind: 'logic', cause: 'engine' });
  t.regex(change?.kind === 'logic' ? (change.what[0] ?? '') : '', /yara-x 2/);
});

test('a rule whose meta or tags alone changed has nothing to be scanned', (t) => {
  const { changes, logicToScan } = diff(
    'rule a : x { meta: author = "1" date = "2" n = 1 condition: true }',
    'rule a : y { meta: author = "1" date = "3" n = "1" condition: true }',
  );
  t.deepEqual(changes, [{ kind: 'described', rule: 'a:a', what: ['meta date', 'meta n', 'tags'] }]);
  t.deepEqual(logicToScan, []);
});

test('a rule of equal logic elsewhere is moved, not added and removed', (t) => {
  const base = build({
    a: 'rule one { condition: 1 == 1 } rule two { condition: 1 == 1 } rule gone { condition: false }',
  });
  const head = build({ a: 'rule new { condition: 1 == 1 }', b: 'rule one { meta: x = 1 condition: 1 == 1 }' });
  const { changes, logicToScan, unchanged } = diffRulesets(base, head);
  t.deepEqual(changes, [
    { kind: 'moved', rule: 'a:new', from: 'a:two', what: [] },
    { kind: 'moved', rule: 'b:one', from: 'a:one', what: ['meta x'] },
    { kind: 'removed', rule: 'a:gone' },
  ]);
  t.deepEqual([logicToScan, unchanged], [[], 0]);
});

test('a copy of a rule that stays is added', (t) => {
  const { changes, logicToScan } = diff(
    'rule a { condition: true }',
    'rule a { condition: true } rule b { condition: true }',
  );
  t.deepEqual([changes, logicToScan], [[{ kind: 'added', rule: 'a:b' }], []]);
});
