import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../domain/errors.ts';
import { logicOf, type Ruleset } from '../domain/rulesets/ruleset.ts';
import { dressings, ruleModels, writeRules } from '../testing/rules/arbitrary-rules.ts';
import { scanEmptyFile } from '../testing/rules/plain-engine.ts';
import { buildRuleset, subsetRuleset } from './ruleset.ts';

const engine = { name: 'yara-x', version: '1' };
const rulesets = fc.array(fc.tuple(ruleModels, dressings), { minLength: 1, maxLength: 3 }).map((files) =>
  buildRuleset(
    files.map(([rules, dressing], index) => ({ namespace: `${index}.yar`, source: writeRules(rules, dressing) })),
    engine,
  ),
);
const build = (source: string) => buildRuleset([{ namespace: 'a.yar', source }], engine);
const hashOf = (ruleset: Ruleset, name: string) => ruleset.rules.find((rule) => rule.name === name)?.logicHash ?? '';

test('sources are sorted by namespace, rules in the order of the sources, and private rules are listed', (t) => {
  const source = 'private rule b : t { meta: x = 1 condition: true } rule a { condition: b }';
  const { sources, rules, ...rest } = buildRuleset(
    [
      { namespace: 'z', source },
      { namespace: 'B', source },
    ],
    engine,
  );
  t.deepEqual(
    sources.map(({ namespace }) => namespace),
    ['B', 'z'],
  );
  t.deepEqual(
    rules.map(({ namespace, name }) => `${namespace} ${name}`),
    ['B b', 'B a', 'z b', 'z a'],
  );
  const { logicHash, ...entry } = rules[0] ?? {};
  t.regex(logicHash ?? '', /^[0-9a-f]{64}$/);
  t.deepEqual(entry, {
    ...{ namespace: 'B', name: 'b', tags: ['t'], meta: [{ identifier: 'x', value: 1 }] },
    ...{ private: true, global: false, dependencies: [] },
  });
  t.deepEqual(rules[1]?.dependencies, ['b']);
  t.deepEqual(rest.engine, engine);
});

test('the id depends on engine, namespaces and sources, and not on their order', (t) => {
  const files = [
    { namespace: 'a', source: '' },
    { namespace: 'b', source: ' ' },
  ];
  const id = (...args: Parameters<typeof buildRuleset>) => buildRuleset(...args).id;
  t.is(id(files, engine), id(files.toReversed(), engine));
  const others = [
    id(files, { ...engine, version: '2' }),
    id(files.slice(1), engine),
    id([{ namespace: 'a ', source: '' }], engine),
  ];
  t.is(new Set([id(files, engine), ...others]).size, 4);
});

test('a source that cannot be split, or a repeated namespace, is refused', (t) => {
  const invalid = (error: unknown) => hasCode(error, 'ERR_RULES_INVALID');
  t.true(invalid(t.throws(() => build('rule a { condition: }'))));
  t.true(
    invalid(
      t.throws(() =>
        buildRuleset(
          [
            { namespace: 'a', source: '' },
            { namespace: 'a', source: '' },
          ],
          engine,
        ),
      ),
    ),
  );
});

test('a subset contains the requested rules with their logic, and all that they need', (t) => {
  fc.assert(
    fc.property(rulesets, fc.infiniteStream(fc.boolean()), (whole, picks) => {
      const wanted = new Set(logicOf(whole).filter(() => picks.next().value));
      const subset = subsetRuleset(whole, wanted);
      t.deepEqual(buildRuleset(subset.sources, engine), subset);
      const entries = new Map(whole.rules.map((rule) => [`${rule.namespace}:${rule.name}`, rule]));
      for (const rule of subset.rules) t.deepEqual(rule, entries.get(`${rule.namespace}:${rule.name}`));
      const needed = whole.rules
        .filter((rule) => wanted.has(rule.logicHash))
        .flatMap(({ namespace, name, dependencies }) => [name, ...dependencies].map((each) => `${namespace}:${each}`));
      t.deepEqual(
        subset.rules.map(({ namespace, name }) => `${namespace}:${name}`).sort(),
        [...new Set(needed)].sort(),
      );
    }),
    { numRuns: 100 },
  );
});

test('a subset compiles', (t) => {
  fc.assert(
    fc.property(rulesets, fc.nat(), (whole, roll) => {
      const logic = logicOf(whole);
      t.notThrows(() => scanEmptyFile(subsetRuleset(whole, new Set([logic[roll % logic.length] ?? ''])).sources));
    }),
    { numRuns: 10 },
  );
});

test('a subset imports only the modules its rules use, once, and leaves out namespaces without rules', (t) => {
  const source =
    'import "pe" import "math" import "pe" rule a { condition: pe.is_pe } rule b { condition: math.abs(1) == 1 }';
  const whole = buildRuleset(
    [
      { namespace: 'a.yar', source },
      { namespace: 'b.yar', source: 'rule c { condition: true }' },
    ],
    engine,
  );
  t.deepEqual(subsetRuleset(whole, new Set([hashOf(whole, 'a')])).sources, [
    { namespace: 'a.yar', source: 'import "pe"\nrule a { condition: pe.is_pe }\n' },
  ]);
  t.deepEqual(subsetRuleset(whole, new Set()).sources, []);
  t.deepEqual(subsetRuleset(whole, new Set(['unknown'])).rules, []);
});

test('a subset includes all rules of equal logic', (t) => {
  const whole = build('rule a { condition: true } rule b { condition: true } rule c { condition: false }');
  t.deepEqual(
    subsetRuleset(whole, new Set([hashOf(whole, 'b')])).rules.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('globals included for support are listed with their logic', (t) => {
  const whole = build(
    'rule a { condition: true } global rule g { condition: false } rule b { condition: filesize > 1 }',
  );
  const subset = subsetRuleset(whole, new Set([hashOf(whole, 'a')]));
  t.deepEqual(logicOf(subset), [hashOf(whole, 'a'), hashOf(whole, 'g')].sort());
});
