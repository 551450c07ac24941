import test from 'ava';
import { parseTestFile } from './spec.ts';

const path = 'webshell/php.yar.test.yaml';
const parse = (text: string) => parseTestFile(path, text);
const messages = (text: string) =>
  parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const withSample = (sample: string) =>
  `tests:\n  - name: a\n    matches: []\n    sample:\n${sample.replace(/^/gm, '      ')}\n`;

test('a test file becomes tests with full rule names and all external variables', (t) => {
  const { tests, problems, namespace } = parse(`
tests:
  - name: eval of a parameter
    sample:
      text: "<?php"
    externals:
      filepath: /var/www/x.php
      filetype: PHAR
    matches: [Eval, other/file.yar:Any]
    strings:
      Eval: [{ identifier: $eval, offset: 6, length: 4, data: eval }]
  - name: nothing
    sample: { hex: "4d 5a\\n90" }
    inside: true
    matches: []
    todo: not yet
`);
  t.deepEqual(problems, []);
  t.is(namespace, 'webshell/php.yar');
  t.deepEqual(tests, [
    {
      name: 'eval of a parameter',
      line: 3,
      sample: { kind: 'text', text: '<?php', encoding: 'utf-8' },
      externals: {
        filepath: '/var/www/x.php',
        filename: 'x.php',
        extension: '.php',
        filetype: 'PHAR',
        contentType: 'PHAR',
      },
      inside: false,
      matches: ['webshell/php.yar:Eval', 'other/file.yar:Any'],
      strings: new Map([['webshell/php.yar:Eval', [{ identifier: '$eval', offset: 6, length: 4, data: 'eval' }]]]),
      todo: undefined,
    },
    {
      name: 'nothing',
      line: 12,
      sample: { kind: 'hex', hex: '4d5a90' },
      externals: { filepath: '', filename: '', extension: '', filetype: '' },
      inside: true,
      matches: [],
      strings: new Map(),
      todo: 'not yet',
    },
  ]);
});

test('invalid YAML is a problem with its position', (t) => {
  const [problem, ...rest] = parse('tests:\n  - name: "a\n').problems;
  t.deepEqual(rest, []);
  t.like(problem, { severity: 'error', code: 'test/yaml', file: path, line: 3 });
  t.is(parse('tests: []\ntests: []').problems[0]?.line, 2, 'a key that repeats');
  t.is(parse('tests: []\n---\ntests: []').problems.length, 1, 'a second document');
});

test('aliases are a problem with their position', (t) => {
  const [problem, ...rest] = parse('tests:\n  - &a { name: a }\n  - *a\n').problems;
  t.deepEqual(rest, []);
  t.like(problem, { code: 'test/yaml', file: path, line: 2, column: 5 });
});

test('a sample of megabytes is accepted', (t) => {
  const size = 3 * 1024 ** 2;
  for (const sample of [`base64: ${'A'.repeat(size)}`, `hex: "${'4d'.repeat(size / 2)}"`]) {
    t.deepEqual(parse(withSample(sample)).problems, []);
  }
});

test('an empty file, a list and a text are problems, not crashes', (t) => {
  t.deepEqual(messages(''), ['1:1 The file must be a mapping of keys to values.']);
  t.deepEqual(messages('- a'), ['1:1 The file must be a mapping of keys to values.']);
  t.deepEqual(messages('tests:\n  - just text'), ['2:5 tests[0] must be a mapping of keys to values.']);
  t.deepEqual(messages('tests: []'), ['1:1 tests must have at least one test.']);
});

test('every error is reported with its line, its key and a way to fix it', (t) => {
  t.deepEqual(
    messages(`tests:
  - name: a
    sampel: { text: x }
    matches: Rule
  - name: 12
    sample:
      text: x
      hex: 0
    strings:
      Rule: [{ identifier: a }]
    matches: [Rule, Rule, "no rule"]
`).sort(),
    [
      '2:5 tests[0].sample is missing.',
      '3:5 tests[0].sampel is not a known key: check its spelling and indentation, or remove it.',
      '4:5 tests[0].matches must be a list of rules.',
      '5:5 tests[1].name must be text: put the value in quotes.',
      '8:7 tests[1].sample.hex must be text: put the value in quotes.',
      '10:16 tests[1].strings.Rule[0].identifier must be the name of a pattern with its $, such as $a.',
      '11:27 tests[1].matches[2] must be the name of a rule of this file, or other/file.yar:Rule for a rule of another file.',
    ].sort(),
  );
});

test('a sample has exactly one source', (t) => {
  t.deepEqual(messages(withSample('{}')), ['4:5 tests[0].sample needs one of text, hex, base64, file, archive.']);
  t.deepEqual(messages(withSample('text: x\nhex: "00"')), ['4:5 tests[0].sample has text and hex: keep one.']);
  t.deepEqual(messages(withSample('hex: "00"\nencoding: utf-16le')), [
    '4:5 tests[0].sample has an encoding, which is only allowed with text: remove it.',
  ]);
  t.is(messages(withSample('hex: "0"')).length, 1);
  t.is(messages(withSample('hex: "0g"')).length, 1);
  t.is(messages(withSample('base64: "AAA"')).length, 1);
  t.is(messages(withSample('archive: { file: a.zip }')).length, 1);
});

test('strings are only allowed for rules that are expected to match', (t) => {
  const text = 'tests:\n  - name: a\n    sample: { text: x }\n    matches: []\n    strings:\n      Rule: []\n';
  t.deepEqual(messages(text), [
    '6:7 tests[0].strings.Rule is not among the matches of this test: add it there with the same spelling, or remove it here.',
  ]);
});

test('a rule is expected at most once', (t) => {
  const text = 'tests:\n  - name: a\n    sample: { text: x }\n    matches:\n      - Rule\n      - Rule\n';
  t.deepEqual(messages(text), ['6:9 tests[0].matches[1] repeats Rule: remove one.']);
});

test('tests with the same name are a problem, and still run', (t) => {
  const one = '  - name: a\n    sample: { text: x }\n    matches: []\n';
  const { tests, problems } = parse(`tests:\n${one}${one}`);
  t.is(tests.length, 2);
  t.like(problems[0], { code: 'test/duplicate-name', line: 5 });
});
