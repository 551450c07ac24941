import test from 'ava';
import fc from 'fast-check';
import { dressings, type RuleModel, ruleModels, writeRules } from '../testing/rules/arbitrary-rules.ts';
import { hashRules } from './logic-hash.ts';
import { parseSource } from './syntax/parse.ts';

const hashes = (source: string, engine = 'yara-x 1') =>
  hashRules(parseSource(source), engine).map((each) => each.logicHash);
const one = (body: string) => hashes(`rule a { ${body} }`)[0];
const string = (pattern: string) => one(`strings: $a = ${pattern} condition: $a`);

test('comments, layout, meta and tags never change a logic hash', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, dressings, (rules, some, others) => {
      t.deepEqual(hashes(writeRules(rules, some)), hashes(writeRules(rules, others)));
    }),
    { numRuns: 100 },
  );
});

test('renaming rules together with all references to them never changes a logic hash', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (rules, dressing) => {
      t.deepEqual(
        hashes(writeRules(rules, dressing)),
        hashes(writeRules(rules, dressing, (index) => `other_${9 - index}`)),
      );
    }),
    { numRuns: 50 },
  );
});

const changes: readonly ((rule: RuleModel) => RuleModel)[] = [
  (rule) => ({ ...rule, private: !rule.private }),
  (rule) => ({ ...rule, condition: [...rule.condition, 'and', 'filesize', '>', '77'] }),
  (rule) => ({ ...rule, patterns: [...rule.patterns, { value: ['"another"'], modifiers: [] }] }),
  (rule) => ({ ...rule, patterns: rule.patterns.map(({ modifiers }) => ({ value: ['"changed"'], modifiers })) }),
  (rule) => ({ ...rule, patterns: rule.patterns.map(({ value }) => ({ value, modifiers: ['base64'] })) }),
];

test('a change of logic changes the hashes of the rule, of all that depend on it, and of no other rule', (t) => {
  fc.assert(
    fc.property(ruleModels, fc.nat(4), fc.constantFrom(...changes), (rules, roll, change) => {
      const changed = roll % rules.length;
      const before = hashes(writeRules(rules));
      const after = hashes(writeRules(rules.map((rule, index) => (index === changed ? change(rule) : rule))));
      const affected = new Set([changed]);
      rules.forEach(({ needs }, index) => {
        if (needs.some((each) => affected.has(each))) affected.add(index);
      });
      const all = rules.some((rule, index) => rule.global && affected.has(index));
      rules.forEach((_, index) => {
        t.is(before[index] !== after[index], all || affected.has(index), `rule ${index} of ${writeRules(rules)}`);
      });
    }),
    { numRuns: 200 },
  );
});

test('a rule that uses the number or the positions of matches has a different hash than before all of them were visible', (t) => {
  // Hashes of the version that saw at most 100 matches; only those that could not be wrong stay.
  const before = {
    $a: '3bac924dfc13b3771603ff4b20e2d4f4ca21fdceb02ecf80d7fda389d2e33e88',
    '#a > 150': 'dcc3b7e058c9c3ee7d1823901d948711766faf8e0d7c519a3897c0902f735f1d',
    '$a at 5': '23913428ea4e2785d68f2f1e545055ce34738c433ab5cb578c631851096bf1a1',
    '$a in (0 .. 9)': '63c1cdf0c43f1dd8f19eacc43ec0e9bf2dd8c03fa06d47a1252b3152e814b45c',
    '@a[2] == 9': '5a0934dbec99d475c79715c5d2625d110f9a25e8eb005524c7702f9379f6f309',
    '!a[2] == 9': 'dd1b95dabafd1db8f268788e4f716e9f0b7f9dc069cfa8b5b5d051a06302440c',
  };
  for (const [condition, hash] of Object.entries(before)) {
    t.is(one(`strings: $a = "a" condition: ${condition}`) === hash, condition === '$a', condition);
  }
});

test('becoming global changes the hashes of the whole namespace', (t) => {
  const [a, b] = hashes('rule a { condition: true } rule b { condition: false }');
  const [globalA, besideGlobal] = hashes('global rule a { condition: true } rule b { condition: false }');
  t.not(a, globalA);
  t.not(b, besideGlobal);
});

test('the engine is part of the hash', (t) => {
  t.notDeepEqual(hashes('rule a { condition: true }', 'yara-x 1'), hashes('rule a { condition: true }', 'yara-x 2'));
});

test('spellings that mean the same have one hash', (t) => {
  t.is(string('"a\\x62\\n"'), string('"""ab\n"""'));
  t.is(string('"ab" wide ascii'), string('"ab" ascii wide'));
  t.is(string('"ab" xor'), string('"ab" xor(0x00-0xff)'));
  t.is(string('{ 6a (6B|??) // x }\n [0x1-2] 63 }'), string('{6A(6b|??)[1-2]63}'));
  t.is(string('/a/is'), string('/a/si'));
  t.is(one('condition: filesize < 1MB'), one('condition:filesize<0x100000'));
});

test('spellings with different meanings have different hashes', (t) => {
  t.not(string('"ab"'), string('"aB"'));
  t.not(string('"ab"'), string('{ 61 62 }'));
  t.not(string('"ab"'), string('/ab/'));
  t.not(string('{ 61 [2] 62 }'), string('{ 61 [2-3] 62 }'));
  t.not(string('{ 61 ~62 }'), string('{ 61 62 }'));
  t.not(string('/a\\x41/'), string('/aA/'), 'what a regular expression means is the engine’s to say');
  t.not(string('"ab" xor(1-2)'), string('"ab" xor(1-3)'));
  t.not(one('condition: "a" == filename'), one('condition: a == filename'));
  t.not(one('condition: 1.5 > 1'), one('condition: 1.50 > 2'));
  t.not(
    one('strings: $a = "1" $b = "2" condition: $a and #b > 0'),
    one('strings: $b = "1" $a = "2" condition: $a and #b > 0'),
  );
});

test('a rule set means the earlier rules with that prefix', (t) => {
  const last = (...rules: readonly string[]) =>
    hashes([...rules, 'rule z { condition: any of (a_*) }'].join(' ')).at(-1);
  const [first, second, other] = [
    'rule a_1 { condition: true }',
    'rule a_2 { condition: false }',
    'rule b { condition: false }',
  ];
  t.not(last(first), last(first, second));
  t.is(last(first), last(first, other));
  const [, , set] = hashRules(parseSource(`${first} ${other} rule z { condition: any of (a_*) } ${second}`), 'x');
  t.deepEqual(set?.dependencies, ['a_1']);
});

test('a variable that hides a rule is distinguished from one that hides an equal rule', (t) => {
  const rules = 'rule i { condition: true } rule j { condition: true }';
  const using = (name: string) => hashes(`${rules} rule z { condition: for any i, j in pe.x : (${name} == 1) }`)[2];
  t.not(using('i'), using('j'));
});

test('dependencies are transitive, in source order, and include the globals of the namespace and their dependencies', (t) => {
  const source = `rule a { condition: true } rule b { condition: a } rule c { condition: b } rule alone { condition: true }
    private rule for_global { condition: true } global rule g { condition: for_global }`;
  t.deepEqual(
    hashRules(parseSource(source), 'x').map(({ rule, dependencies }) => [rule.name, ...dependencies]),
    [
      ['a', 'for_global', 'g'],
      ['b', 'a', 'for_global', 'g'],
      ['c', 'a', 'b', 'for_global', 'g'],
      ['alone', 'for_global', 'g'],
      ['for_global', 'g'],
      ['g', 'for_global'],
    ],
  );
});

test('unclosed brackets take no more time than others', (t) => {
  t.is(hashes(`rule a { strings: $a = { 41 ${'['.repeat(200_000)} 42 } condition: $a }`).length, 1);
});

test('rules with more dependencies than memory could hold are refused', (t) => {
  const rules = Array.from({ length: 1000 }, (_, at) => `rule r${at} { condition: true }`).join('\n');
  const naming = (sets: number) => `${rules} rule s { condition: ${'any of (r*) or '.repeat(sets)} true }`;
  t.is(hashes(naming(10)).length, 1001);
  t.throws(() => hashes(naming(5001)), {
    code: 'ERR_RULES_INVALID',
    message: /more than 5000000 dependencies/,
  });
});
