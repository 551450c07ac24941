import test from 'ava';
import fc from 'fast-check';
import { dressings, plain, ruleModels, writeRules } from '../../testing/rules/arbitrary-rules.ts';
import { scanEmptyFile } from '../../testing/rules/plain-engine.ts';
import { parseSource } from './parse.ts';
import type { ParsedRule } from './syntax.ts';

function onlyRule(source: string): ParsedRule {
  const { rules, problems } = parseSource(source);
  const [rule] = rules;
  if (rule === undefined || rules.length !== 1 || problems.length > 0) throw new Error(JSON.stringify(problems));
  return rule;
}

const names = (source: string) => parseSource(source).rules.map((rule) => rule.name);
const condition = (text: string) => onlyRule(`import "pe" rule a { condition: ${text} }`).references;

test('generated rules are split into their original parts', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (models, dressing) => {
      const { rules, problems, imports } = parseSource(writeRules(models, dressing));
      t.deepEqual(problems, []);
      t.deepEqual(
        imports.map(({ value }) => value),
        ['math'],
      );
      t.deepEqual(
        rules.map((rule) => [rule.name, rule.private, rule.global, rule.tags, rule.meta.length, rule.patterns.length]),
        models.map((rule, index) => [
          ...[`r${index}`, rule.private, rule.global],
          ...[dressing.tags, dressing.meta.length, rule.patterns.length],
        ]),
      );
      t.deepEqual(
        rules.map(({ references }) => references.rules),
        models.map(({ needs }) => needs.map((each) => `r${each}`)),
      );
    }),
    { numRuns: 100 },
  );
});

test('generated rules compile', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, (models, dressing) => {
      t.notThrows(() => scanEmptyFile([{ namespace: 'a', source: writeRules(models, dressing) }]));
    }),
    { numRuns: 10 },
  );
});

test('spans cut out each rule and its parts', (t) => {
  const source =
    'rule z {condition:true}\n// a\nprivate  rule a : t {\nmeta: x = 1\nstrings: $a = "}" wide\ncondition: $a }//';
  const rule = parseSource(source).rules[1];
  const text = (span: { start: number; end: number } | null | undefined) => source.slice(span?.start, span?.end);
  t.is(text(rule), source.slice(source.indexOf('private'), -2));
  t.is(rule?.line, 3);
  t.is(text(rule?.parts.name), 'a');
  t.is(text(rule?.parts.meta), 'meta: x = 1');
  t.is(rule?.parts.meta?.line, 4);
  t.is(text(rule?.parts.strings), 'strings: $a = "}" wide');
  t.is(text(rule?.patterns[0]), '$a = "}" wide');
  t.is(text(rule?.parts.condition), '$a');
  t.is(rule?.parts.condition.line, 6);
});

test('meta has typed values, repeated identifiers and decoded escapes', (t) => {
  const { meta } = onlyRule(
    'rule a { meta: x = "a\\t\\x41\\"\\\\é" x = -0x10 k = 2KB f = -1.5 yes = true no = false m = """1\n2""" b = "\\xff\\\\" condition: true }',
  );
  t.deepEqual(
    meta.map(({ identifier, value }) => [identifier, value]),
    [
      ...[
        ['x', 'a\tA"\\é'],
        ['x', -16],
        ['k', 2048],
        ['f', -1.5],
        ['yes', true],
        ['no', false],
        ['m', '1\n2'],
      ],
      // Bytes that are not text are shown like matched data.
      ['b', '\\xff\\\\'],
    ],
  );
});

test('modifiers have one spelling and are sorted', (t) => {
  const { patterns } = onlyRule(
    'rule a { strings: $ = "abcd" xor wide $b = "x" xor(0x01 - 2) ascii $c = "y" xor(3) condition: any of them }',
  );
  t.deepEqual(
    patterns.map(({ identifier, kind, value, modifiers }) => [identifier, kind, value, ...modifiers]),
    [
      ['$', 'text', '"abcd"', 'wide', 'xor(0-255)'],
      ['$b', 'text', '"x"', 'ascii', 'xor(1-2)'],
      ['$c', 'text', '"y"', 'xor(3-3)'],
    ],
  );
});

test('a rule in a string, comment, meta or regular expression is ignored', (t) => {
  const source = `// rule no1 { condition: true }
    /* rule no2 { condition: true } include "x" */
    rule a { meta: x = "rule no3 { condition: true }" strings: $a = "rule no4 {" $b = /rule no5 \\{ \\/\\/ \\/* "/ $c = { 61 // } rule no6 {
      62 } condition: any of them // }
    } rule b { condition: a /* } */ }rule c{condition:b}`;
  t.deepEqual(names(source), ['a', 'b', 'c']);
  t.deepEqual(parseSource(source).includes, []);
  t.deepEqual(parseSource(source).problems, []);
  t.notThrows(() => scanEmptyFile([{ namespace: 'a', source }]));
});

test('CRLF counts as one line end', (t) => {
  const { rules } = parseSource('rule a {\r\ncondition: true\r\n}\r\nrule b {\r\ncondition: true\r\n}\r\n');
  t.deepEqual(
    rules.map((rule) => rule.line),
    [1, 4],
  );
});

test('conditions of every form are understood, and compile', (t) => {
  const forms: readonly string[] = [
    '#a \\ 2 == 1',
    'for any i in (1..#a) : (@a[i] < 10)',
    'for all of ($a, $b*) : ($ at 0 and # > 1)',
    'with x = filesize, y = 3 : (x > y)',
    'not defined uint16(0) or !a[1] == 4',
    '2 of ($a*, $b) or none of them in (0..10KB)',
    '50% of them or any of ($b*) at 0',
    'for any s in ("a", "}{") : (filename iequals s)',
    '(filesize & 0xFF) == ~1 or -filesize << 2 > 1.5 * 2',
    'filename matches /^[a-z]{2}\\/"$/i',
  ];
  for (const form of forms) {
    const source = `rule a { strings: $a = "abcd" $b = "efgh" condition: (${form}) or $a or $b } rule next { condition: true }`;
    t.deepEqual(names(source), ['a', 'next'], form);
    t.deepEqual(parseSource(source).problems, [], form);
    t.notThrows(() => scanEmptyFile([{ namespace: 'a', source }]), form);
  }
});

test('a condition refers to rules, modules and external variables, not to fields, functions or its own variables', (t) => {
  const { rules } = parseSource(`import "pe" rule a { condition: true }
    rule b { condition: a and pe.a and not pe.number_of_sections == uint16(n) and for any i, j in pe.version_info : (i == k)
      and with q = 1 : (q == filesize) and for all v in (0..limit) : (v > 0) and later }
    rule later { condition: true }`);
  t.deepEqual(rules[1]?.references, {
    rules: ['a'],
    wildcards: [],
    modules: ['pe'],
    variables: ['n', 'k', 'limit', 'later'],
  });
});

test('sets of rules by prefix are distinguished from products', (t) => {
  t.deepEqual(condition('any of (a_*, b*)').wildcards, ['a_', 'b']);
  t.deepEqual(condition('(a * b) == 1').wildcards, []);
});

test('a loop variable with the name of a rule counts as the rule', (t) => {
  const { rules } = parseSource('rule i { condition: true } rule b { condition: for any i in (1..2) : (i == 1) }');
  t.deepEqual(rules[1]?.references.rules, ['i']);
});

test('includes and imports are found with the positions of their statements', (t) => {
  const source = 'include "./a\\\\b.yar"\n import\n"pe"';
  const { includes, imports } = parseSource(source);
  t.deepEqual(includes, [{ value: './a\\b.yar', start: 0, end: 20, line: 1 }]);
  t.deepEqual(imports, [{ value: 'pe', start: 22, end: 33, line: 2 }]);
});

test('after an error the next rule is found, and the error is reported with its position', (t) => {
  const { rules, problems } = parseSource(
    'rule a { condition true }\nrule b { condition: true }\nrule c { strings: condition: $a }',
    'x.yar',
  );
  t.deepEqual(
    rules.map((rule) => rule.name),
    ['b'],
  );
  t.deepEqual(
    problems.map(({ severity, code, file, line, column }) => ({ severity, code, file, line, column })),
    [
      { severity: 'error', code: 'parse/unexpected', file: 'x.yar', line: 1, column: 20 },
      { severity: 'error', code: 'parse/unexpected', file: 'x.yar', line: 3, column: 19 },
    ],
  );
});

test('no source makes it throw or loop forever', (t) => {
  const words = fc.constantFrom(
    ...[
      'rule',
      'private',
      'a',
      '{',
      '}',
      'meta',
      'strings',
      'condition',
      ':',
      '=',
      '$a',
      '"x"',
      '/x/',
      '1',
      'import',
      'include',
      '{ 61 }',
      '(',
      ')',
      'xor',
    ],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (all) => parseSource(all.join(' ')).rules.length <= all.length),
    { numRuns: 1000 },
  );
  t.deepEqual(parseSource(writeRules([], plain)).problems, []);
});

test('a text of millions of escapes is decoded in one pass', (t) => {
  const size = 3_000_000;
  const [rule] = parseSource(`rule a { meta: x = "${'\\n\\x41é'.repeat(size / 3)}" condition: true }`).rules;
  t.is(rule?.meta[0]?.value, '\nAé'.repeat(size / 3));
});
