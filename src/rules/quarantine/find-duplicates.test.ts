import test from 'ava';
import fc from 'fast-check';
import { ruleId } from '../../domain/rulesets/rule.ts';
import { buildRuleset } from '../ruleset.ts';
import { findDuplicates } from './find-duplicates.ts';

const engine = { name: 'yara-x', version: '1.0.0' };

function duplicatesIn(sources: Readonly<Record<string, string>>, rank?: (namespace: string) => number) {
  const given = Object.entries(sources).map(([namespace, source]) => ({ namespace, source }));
  return findDuplicates(buildRuleset(given, engine).rules, rank).map(
    ({ rule, of: first }) => `${ruleId(rule)} = ${first}`,
  );
}

const rule = (name: string, text: string) => `rule ${name} { strings: $a = "${text}" condition: $a }`;

test('of rules with equal logic in and across public collections the first stays, and an own one before all', (t) => {
  t.deepEqual(
    duplicatesIn({
      'vendor/a/x.yar': `${rule('One', 'one')}\n${rule('Two', 'two')}\n${rule('Two_again', 'two')}`,
      'vendor/b/x.yar': `${rule('Zwei', 'two')}\n${rule('Three', 'three')}`,
      'web/own.yar': `${rule('Mine', 'three')}\n${rule('Mine_too', 'three')}`,
    }),
    [
      'vendor/a/x.yar:Two_again = vendor/a/x.yar:Two',
      'vendor/b/x.yar:Zwei = vendor/a/x.yar:Two',
      'vendor/b/x.yar:Three = web/own.yar:Mine',
    ],
  );
});

test('the order of the sources decides, not that of their names', (t) => {
  const sources = { 'vendor/a/x.yar': rule('One', 'one'), 'vendor/b/x.yar': rule('Eins', 'one') };
  t.deepEqual(
    duplicatesIn(sources, (namespace) => (namespace.startsWith('vendor/b/') ? 0 : 1)),
    ['vendor/a/x.yar:One = vendor/b/x.yar:Eins'],
  );
});

test('a rule that another one needs stays, as do private and global rules', (t) => {
  t.deepEqual(
    duplicatesIn({
      'vendor/a/x.yar': `private ${rule('P', 'p')} ${rule('One', 'one')} rule Both { condition: P and One }`,
      'vendor/b/x.yar': `private ${rule('P', 'p')} ${rule('One', 'one')} rule Either { condition: P or One }`,
      'vendor/c/x.yar': `private ${rule('P', 'p')} ${rule('One', 'one')} rule Both { condition: P and One }`,
      'vendor/d/x.yar': `global ${rule('One', 'one')}`,
    }),
    ['vendor/c/x.yar:One = vendor/a/x.yar:One', 'vendor/c/x.yar:Both = vendor/a/x.yar:Both'],
  );
});

test('every logic stays once, and nothing that stays lacks what it needs', (t) => {
  const model = fc.array(
    fc.array(fc.record({ text: fc.constantFrom('a', 'b', 'c'), needs: fc.option(fc.nat(5)) }), { maxLength: 6 }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(model, (files) => {
      const sources = files.map((rules, file) => ({
        namespace: `vendor/${file}/x.yar`,
        source: rules
          .map(({ text, needs }, index) =>
            needs === null || index === 0
              ? rule(`r${index}`, text)
              : `rule r${index} { strings: $a = "${text}" condition: $a and r${needs % index} }`,
          )
          .join('\n'),
      }));
      const { rules } = buildRuleset(sources, engine);
      const gone = new Set(findDuplicates(rules).map((each) => ruleId(each.rule)));
      const kept = rules.filter((each) => !gone.has(ruleId(each)));
      t.deepEqual(new Set(kept.map(({ logicHash }) => logicHash)), new Set(rules.map(({ logicHash }) => logicHash)));
      for (const { namespace, dependencies } of kept)
        for (const name of dependencies) t.false(gone.has(ruleId({ namespace, name })));
      // What stays twice is needed by something that stays.
      const twice = kept.filter((each, index) => kept.findIndex((other) => other.logicHash === each.logicHash) < index);
      for (const each of twice)
        t.true(
          kept.some(({ namespace, dependencies }) => namespace === each.namespace && dependencies.includes(each.name)),
        );
    }),
    { numRuns: 200 },
  );
});
