import test from 'ava';
import type { VariableDeclaration } from '../domain/rulesets/variables.ts';
import { decodeRuleset } from '../testing/rules/decode-ruleset.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { previewedRules, previewRuleset } from './preview-ruleset.ts';
import { buildRuleset, isRulesetId, subsetRuleset } from './ruleset.ts';
import { encodeRuleset } from './ruleset-file.ts';
import { withVariables } from './source-variables.ts';

const engine = { name: 'yara-x', version: '1.20.0' };
const owner: VariableDeclaration = { name: 'owner', type: 'string', default: '' };
const depth: VariableDeclaration = { name: 'depth', type: 'integer', default: 0 };
const source = `
rule uses { condition: owner == "root" }
rule depends { condition: uses and filesize > 1 }
rule other { condition: filesize > 2 }`;
const build = (...variables: readonly VariableDeclaration[]) =>
  buildRuleset([{ namespace: 'a.yar', source, variables }], engine);
const hashes = (...variables: readonly VariableDeclaration[]) =>
  build(...variables).rules.map(({ logicHash }) => logicHash);

test('the default and the type of a variable are part of the ruleset, and of the logic of the rules that use it', (t) => {
  const before = build(owner);
  for (const changed of [{ ...owner, default: 'me' }, { ...owner, type: 'integer', default: 0 } as const]) {
    t.not(build(changed).id, before.id);
    const [was, is] = [hashes(owner), hashes(changed)];
    t.deepEqual(
      was.map((hash, index) => hash === is[index]),
      [false, false, true],
    );
  }
  t.true(isRulesetId(before.id, before.sources, engine));
});

test('an unused variable is not part of a ruleset', (t) => {
  t.deepEqual(build(owner, depth), build(owner));
  const plain = buildRuleset([{ namespace: 'a.yar', source: 'rule a { condition: true }' }], engine);
  const declared = buildRuleset(
    [{ namespace: 'a.yar', source: 'rule a { condition: true }', variables: [owner] }],
    engine,
  );
  t.deepEqual(declared, plain);
  t.false('variables' in (declared.sources[0] ?? {}));
});

test('a rule with the name of a default variable takes its place in its file, and in no other', (t) => {
  const named = 'rule owner { condition: true } rule uses { condition: owner }';
  t.deepEqual(withVariables({ namespace: 'a.yar', source: named }, [owner]), { namespace: 'a.yar', source: named });
  const mine: VariableDeclaration = { ...owner, default: 'me' };
  t.deepEqual(withVariables({ namespace: 'a.yar', source: named }, [mine]).variables, [mine]);
  t.deepEqual(withVariables({ namespace: 'b.yar', source }, [owner]).variables, [owner]);
});

test('a ruleset file and a part of a ruleset keep the variables', (t) => {
  const whole = build(depth, owner);
  t.deepEqual(decodeRuleset(encodeRuleset(whole)), { ...whole, image: null });
  const uses = whole.rules[0]?.logicHash ?? '';
  const part = subsetRuleset(whole, new Set([uses]));
  t.deepEqual(part.sources[0]?.variables, [owner]);
  t.is(part.rules[0]?.logicHash, uses);
  const others = subsetRuleset(whole, new Set([whole.rules[2]?.logicHash ?? '']));
  t.is(others.sources[0]?.variables, undefined);
});

test('a changed default is a change of the rules that use it, with an unknown effect', (t) => {
  const [base, head] = [build(owner), build({ ...owner, default: 'me' })];
  t.like(diffRulesets(base, head), {
    changes: [
      {
        rule: 'a.yar:uses',
        kind: 'logic',
        cause: 'own',
        what: ['variable owner declared differently'],
        scope: 'unknown',
      },
      { rule: 'a.yar:depends', kind: 'logic', cause: 'dependency', dependencies: ['uses'], scope: 'unknown' },
    ],
    unchanged: 1,
  });
});

test('a preview has the rules of both sides with the variables of each', (t) => {
  const preview = previewRuleset(build(owner), build({ ...owner, default: 'me' }));
  if (preview === null) return t.fail();
  t.deepEqual(
    preview.sources.map(({ namespace, variables }) => [namespace, variables?.[0]?.default]),
    [
      ['before/a.yar', ''],
      ['now/a.yar', 'me'],
    ],
  );
  t.deepEqual(
    previewedRules(preview).map(({ rule, kind }) => `${rule} ${kind}`),
    ['a.yar:uses logic', 'a.yar:depends logic'],
  );
});
