import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { VariableDeclaration } from '../domain/rulesets/variables.ts';
import { checkSources } from '../testing/rules/check-sources.ts';
import { testOrigin } from '../testing/rules/engine-rules.ts';
import { compile } from './compile.ts';
import { loadSources } from './load-sources.ts';
import { loadCheckedImage } from './loaded-ruleset.ts';

const variables: readonly VariableDeclaration[] = [
  { name: 'depth', type: 'integer', default: 3 },
  { name: 'is_archive', type: 'boolean', default: false },
  { name: 'owner', type: 'string', default: 'nobody' },
  { name: 'score', type: 'float', default: 2 },
];
const source = `
  rule Owner { condition: owner == "root" }
  rule Default { condition: owner == "nobody" }
  rule Deep { condition: depth % 2 == 1 and depth > 9007199254740992 }
  rule Archive { condition: is_archive }
  rule Score { condition: score \\ 4 == 0.5 }
  rule Whole { condition: score == 7.0 }
`;
const sources: readonly RuleSource[] = [{ namespace: 'a.yar', source, variables }];
const given = (values: Readonly<Record<string, string>>) => ({ ...externalsOf('/x'), variables: values });
const loaded = loadSources(sources, testOrigin);
const names = (values: Readonly<Record<string, string>>) =>
  loaded.scan(Buffer.from('x'), given(values)).map(({ rule }) => rule);

test('a declared variable has its default, and the value that a file sets', (t) => {
  t.deepEqual(names({}), ['Default', 'Score']);
  t.deepEqual(names({ owner: 'root', is_archive: 'true', depth: '9007199254740993', score: '7' }), [
    ...['Owner', 'Deep', 'Archive', 'Whole'],
  ]);
  t.deepEqual(names({}), ['Default', 'Score'], 'the next file has the defaults again');
  t.deepEqual(loaded.variableProblems(), []);
});

test('a value that does not fit its type is a problem, and the default is used', (t) => {
  t.deepEqual(names({ depth: 'deep', is_archive: 'yes', score: '', owner: '\n' }), ['Score']);
  t.deepEqual(
    loaded.variableProblems().map((each) => /variable (\w+)/.exec(each)?.[1]),
    ['depth', 'is_archive', 'score'],
  );
  t.deepEqual(names({ toString: 'x', constructor: 'x', unknown: 'x' }), ['Default', 'Score']);
  t.deepEqual(loaded.variableProblems(), []);
});

test('an image carries the variables of its rules', (t) => {
  const image = loaded.image;
  if (image === null) return t.fail();
  t.deepEqual(
    image.variables?.map(({ slot }) => slot),
    ['depth', 'is_archive', 'owner', 'score'],
  );
  const again = loadCheckedImage(image, testOrigin);
  t.deepEqual(
    again.scan(Buffer.from('x'), given({ owner: 'root' })).map(({ rule }) => rule),
    ['Owner', 'Score'],
  );
});

test('if sources declare a name differently, each has its own variable', (t) => {
  const rule = (name: string, condition: string) => `rule ${name} { meta: owner = "m" condition: ${condition} }`;
  const ofType = (declaration: VariableDeclaration, text: string, namespace: string): RuleSource => ({
    namespace,
    source: text,
    variables: [declaration],
  });
  const both = [
    ofType({ name: 'owner', type: 'string', default: 'now' }, rule('A', 'owner == "now"'), 'now/a.yar'),
    ofType(
      { name: 'owner', type: 'string', default: 'old' },
      rule('A', 'owner == "old" and filename != "owner_2"'),
      'before/a.yar',
    ),
    ofType(
      { name: 'owner', type: 'integer', default: 5 },
      rule('B', 'for any owner_2 in (5..5) : (owner == owner_2)'),
      'b.yar',
    ),
  ];
  for (const rules of [compile(both), loadSources(both, testOrigin)]) {
    const found = (values: Readonly<Record<string, string>>) =>
      rules.scan(Buffer.from('x'), given(values)).map(({ namespace, meta }) => `${namespace} ${meta[0]?.identifier}`);
    t.deepEqual(found({}), ['now/a.yar owner', 'before/a.yar owner', 'b.yar owner']);
    t.deepEqual(found({ owner: 'old' }), ['before/a.yar owner', 'b.yar owner']);
    t.is(rules.variableProblems().length, 1);
  }
});

test('an undeclared variable, and a rule with the name of a variable, are errors', (t) => {
  const errors = (text: string, declared: readonly VariableDeclaration[]) =>
    checkSources([{ namespace: 'a.yar', source: text, variables: declared }]).errors.map(({ code }) => code);
  t.deepEqual(errors('rule a { condition: owner == "" }', []), ['E009']);
  t.deepEqual(errors('rule a { condition: owner == "" }', variables), []);
  t.deepEqual(errors('rule owner { condition: true }', variables), ['E013']);
  t.deepEqual(errors('rule a { condition: owner == 1 }', variables), ['E003']);
});
