import test from 'ava';
import { engineInfo } from '../engine/module/engine-module.ts';
import type { LeftOutDiff } from '../rules/diff-left-out.ts';
import { diffRulesets, type RuleChange } from '../rules/diff-rulesets.ts';
import { buildRuleset } from '../rules/ruleset.ts';
import { diffSection } from './diff-section.ts';
import { maxSectionBytes, reviewSectionSchema } from './section.ts';

const logic = (rule: string, text: string, count = 1): Extract<RuleChange, { kind: 'logic' }> => ({
  kind: 'logic',
  rule,
  dependents: Array.from({ length: count }, (_, index) => `a:${text}${index}`),
  what: Array.from({ length: count }, (_, index) => `${text}${index} changed`),
  scope: 'broader',
  cause: 'own',
  strings: { added: [], removed: [], changed: [] },
  condition: true,
  variables: [],
  modifiers: [],
  dependencies: [],
  texts: Array.from({ length: count }, (_, index) => ({ part: `$${index}`, before: text, after: null })),
});
const nothingLeftOut: LeftOutDiff = { quarantined: 0, duplicates: 0, changes: [], returned: [] };
const sectionOf = (changes: readonly RuleChange[], leftOut = nothingLeftOut) =>
  diffSection({ changes, unchanged: 3, logicToScan: ['a', 'b'], dependents: [], leftOut });

test('a diff is shown change by change', (t) => {
  const section = sectionOf([
    { kind: 'moved', rule: 'a:new', from: 'a:old', what: ['meta x'], dependents: [] },
    { kind: 'added', rule: 'a:one', dependents: ['a:two'] },
    logic('a:r', 'x'),
  ]);
  const plain = { from: null, scope: null, what: [], dependents: [], texts: [] };
  t.deepEqual(section, {
    ...{ schema: 1, section: 'diff', verdict: 'passed', omitted: 0, unchanged: 3, toScan: 2 },
    changes: [
      {
        ...{ ...plain, kind: 'logic', rule: 'a:r', scope: 'broader', what: ['x0 changed'], dependents: ['a:x0'] },
        texts: [{ part: '$0', before: 'x', after: null }],
      },
      { ...plain, kind: 'added', rule: 'a:one', dependents: ['a:two'] },
      { ...plain, kind: 'moved', rule: 'a:new', from: 'a:old', what: ['meta x'] },
    ],
  });
});

test('removed rules come first, then edited ones, then those that only depend on an edited one', (t) => {
  const dependent = { ...logic('a:Dependent', 'x'), cause: 'dependency' as const, dependencies: ['Edited'], texts: [] };
  const retold = { ...dependent, rule: 'a:Retold', what: [...dependent.what, 'meta author'] };
  const { changes } = sectionOf([
    { kind: 'added', rule: 'a:New', dependents: [] },
    dependent,
    retold,
    logic('a:Edited', 'x'),
    { kind: 'removed', rule: 'a:Gone', dependents: [] },
  ]);
  t.deepEqual(
    changes.map(({ rule, isDependent = false }) => [rule, isDependent]),
    [
      ['a:Gone', false],
      ['a:Retold', false],
      ['a:Edited', false],
      ['a:Dependent', true],
      ['a:New', false],
    ],
  );
});

test('added and removed rules have what their meta says, and changed rules their place', (t) => {
  const source = (status: string) =>
    `rule R { meta: severity = "high" description = "Finds it" ${status} condition: true }`;
  const base = buildRuleset([{ namespace: 'a.yar', source: source('') }], engineInfo());
  const head = buildRuleset(
    [{ namespace: 'b.yar', source: source('status = "staged"').replace('true', 'false') }],
    engineInfo(),
  );
  const place = { file: 'rules/b.yar', line: 3, column: 0 };
  const { changes } = diffSection(diffRulesets(base, head), {
    ...{ base, head, placeOf: () => place, testsOf: () => ({ matching: 2, others: 1 }) },
  });
  const about = { severity: 'high', description: 'Finds it' };
  t.like(changes[0], { kind: 'removed', rule: 'a.yar:R', about: { ...about, isStaged: false } });
  t.is(changes[0]?.place, undefined);
  t.like(changes[1], {
    kind: 'added',
    rule: 'b.yar:R',
    about: { ...about, isStaged: true, tests: { matching: 2, others: 1 } },
    place,
  });
  t.is(changes[0]?.about?.tests, undefined, 'a removed rule has none');
});

test('however much changed, the section is valid, and the omitted changes are counted', (t) => {
  for (const text of ['a', '\u0001'.repeat(5000), '"\\\n'.repeat(2000), '\ud83d\ude00'.repeat(3000)]) {
    const changes = Array.from({ length: 1000 }, (_, index) => logic(`a:${text}${index}`, text, 100));
    const section = sectionOf(changes);
    t.deepEqual(reviewSectionSchema.parse(section), section);
    t.true(Buffer.byteLength(JSON.stringify(section, null, 2)) < maxSectionBytes);
    t.true(section.changes.length > 5);
    t.is(section.changes.length + section.omitted, 1000);
  }
});

test('the smallest changes are left out first', (t) => {
  const described = Array.from({ length: 1100 }, (_, index): RuleChange => {
    return { kind: 'described', rule: `a:${index}`, what: ['tags'], dependents: [] };
  });
  const { changes, omitted } = sectionOf([...described, logic('a:r', 'x')]);
  t.is(changes[0]?.rule, 'a:r');
  t.is(omitted, 101);
});

test('an update of two thousand public rules has all counts, and every change of our own in full', (t) => {
  const changes: readonly RuleChange[] = [
    ...Array.from({ length: 1500 }, (_, index) => logic(`vendor/big/${index}.yar:R${index}`, 'x'.repeat(50), 30)),
    ...Array.from(
      { length: 500 },
      (_, index): RuleChange => ({
        ...{ kind: 'added', rule: `vendor/small/a.yar:A${index}`, dependents: [] },
      }),
    ),
    logic('own.yar:Own', 'mine'),
  ];
  const section = sectionOf(changes);
  t.deepEqual(reviewSectionSchema.parse(section), section);
  t.true(Buffer.byteLength(JSON.stringify(section, null, 2)) < maxSectionBytes);
  t.like(section.changes[0], { rule: 'own.yar:Own', texts: [{ before: 'mine' }] });
  t.is(section.changes.length + section.omitted, 2001);
  const none = { removed: 0, described: 0, moved: 0, quarantined: 0, duplicates: 0 };
  t.deepEqual(section.sources, [
    { source: 'big', ...none, added: 0, logic: 1500 },
    { source: 'small', ...none, added: 500, logic: 0 },
  ]);
});

test('a rule that was used and is left out now counts once, as left out', (t) => {
  const reason = { kind: 'quarantined', reason: 'unknown identifier' } as const;
  const section = sectionOf([{ kind: 'removed', rule: 'vendor/p/a.yar:Gone', dependents: [], leftOut: reason }], {
    ...{ quarantined: 4, duplicates: 0, returned: [] },
    changes: [{ ...reason, rule: 'vendor/p/a.yar:Gone', was: 'used' }],
  });
  t.like(section.sources?.[0], { source: 'p', removed: 0, quarantined: 1 });
  t.deepEqual(section.changes[0]?.what, ['quarantined: unknown identifier']);
  t.deepEqual(section.leftOut, {
    ...{ quarantined: 4, duplicates: 0, returned: 0, omitted: 0 },
    changes: [{ ...reason, rule: 'vendor/p/a.yar:Gone', was: 'used' }],
  });
});
