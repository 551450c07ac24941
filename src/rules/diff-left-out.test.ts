import test from 'ava';
import fc from 'fast-check';
import type { LeftOutRule } from '../domain/rulesets/left-out-rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { diffLeftOut } from './diff-left-out.ts';

const left = fc.record({
  kind: fc.constantFrom('quarantined', 'duplicate'),
  rule: fc.constantFrom('A', 'B', 'C', 'D'),
  reason: fc.constantFrom('x', 'y'),
  line: fc.nat(3),
});
const rulesets = fc.uniqueArray(left, { selector: ({ rule }) => rule, maxLength: 4 }).chain((leftOut) => {
  // The first of two rules with one name is used.
  return fc.subarray(['A', 'B', 'C', 'D']).map((names): Ruleset => {
    const namespace = 'vendor/p/a.yar';
    const entry = { namespace, logicHash: '', tags: [], meta: [], private: false, global: false, dependencies: [] };
    return {
      ...{ id: '', engine: { name: 'x', version: '1' }, sources: [] },
      rules: names.map((name) => ({ ...entry, name })),
      leftOut: leftOut.map((each): LeftOutRule => ({ ...each, namespace, file: namespace, column: 1, code: 'E' })),
    };
  });
});

test('what is left out adds up: with the base, the changes and what returned', (t) => {
  fc.assert(
    fc.property(fc.option(rulesets), rulesets, (base, head) => {
      const { quarantined, duplicates, changes, returned } = diffLeftOut(base, head);
      t.is(quarantined + duplicates, head.leftOut?.length ?? 0);
      const known = (base?.leftOut ?? []).map(({ kind, rule, reason }) => `${kind} ${rule} ${reason}`);
      for (const { kind, rule, reason } of head.leftOut ?? []) {
        const isChange = changes.some((each) => each.rule === `vendor/p/a.yar:${rule}`);
        t.is(isChange, !known.includes(`${kind} ${rule} ${reason}`));
      }
      for (const { rule, was } of changes) {
        const isIn = (given: Ruleset | null) => given?.rules.some(({ name }) => rule.endsWith(`:${name}`)) ?? false;
        t.is(was === 'used', isIn(base) && !isIn(head));
      }
      for (const rule of returned) {
        t.true(head.rules.some(({ name }) => rule.endsWith(`:${name}`)));
        t.true(base?.leftOut?.some((each) => rule.endsWith(`:${each.rule}`)));
        t.false(base?.rules.some(({ name }) => rule.endsWith(`:${name}`)));
      }
    }),
  );
});

test('a ruleset leaves nothing else out than itself', (t) => {
  fc.assert(
    fc.property(rulesets, (ruleset) => {
      t.like(diffLeftOut(ruleset, ruleset), { changes: [], returned: [] });
    }),
  );
});
