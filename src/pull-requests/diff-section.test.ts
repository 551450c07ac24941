import test from 'ava';
import type { RuleChange } from '../rules/diff-rulesets.ts';
import { diffSection } from './diff-section.ts';
import { maxSectionBytes, reviewSectionSchema } from './section.ts';

const logic = (rule: string, text: string, count = 1): RuleChange => ({
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
const sectionOf = (changes: readonly RuleChange[]) =>
  diffSection({ changes, unchanged: 3, logicToScan: ['a', 'b'], dependents: [] });

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
  const described = Array.from({ length: 400 }, (_, index): RuleChange => {
    return { kind: 'described', rule: `a:${index}`, what: ['tags'], dependents: [] };
  });
  const { changes, omitted } = sectionOf([...described, logic('a:r', 'x')]);
  t.is(changes[0]?.rule, 'a:r');
  t.is(omitted, 101);
});
