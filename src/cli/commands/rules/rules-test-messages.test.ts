import test, { type ExecutionContext } from 'ava';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

const meta = 'description = "d" author = "a" date = "2026-01-01" reference = "r" severity = "low"';
const rules = `${ruleFor('Foo_A', 'alpha', meta)}${ruleFor('Foo_C', 'gamma', meta)}private rule Hidden { condition: filesize > 0 }`;
const tested = (...tests: readonly string[]) => `tests:\n${tests.map((each) => `  - { ${each} }\n`).join('')}`;
const negative = 'name: none, sample: { text: none }, matches: []';
const gamma = 'name: c, sample: { text: "xx gamma yy" }, matches: [Foo_C]';

async function testOutput(t: ExecutionContext, source: string, tests: string) {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/foo.yar': source, 'mine/foo.yar.test.yaml': tests });
  const { code, stdout, stderr } = await cli.run('--tests', 'mine', 'rules', 'test');
  t.is(code, 1);
  return stdout + stderr;
}

test('a test that expects a rule which does not exist names the similar one, and nothing else is wrong', async (t) => {
  const text = await testOutput(
    t,
    rules,
    tested('name: a, sample: { text: "xx alpha yy" }, matches: [Foo_B]', negative, gamma),
  );
  t.regex(text, /foo\.yar\.test\.yaml:2: a\n +No public rule Foo_B in foo\.yar; did you mean Foo_[AC]\?\n/);
  t.notRegex(text, /should match and does not|No test expects/);
});

test('a test that expects a private rule, or one of another file that is missing, says so', async (t) => {
  const text = await testOutput(
    t,
    rules,
    tested(
      'name: p, sample: { text: x }, matches: [Hidden]',
      'name: o, sample: { text: x }, matches: ["b.yar:Foo"]',
      negative,
    ),
  );
  t.regex(text, /The rule Hidden of foo\.yar is private/);
  t.regex(text, /There is no rule file b\.yar with public rules/);
});

test('a test file that cannot be read adds no errors about its rules', async (t) => {
  const text = await testOutput(t, rules, tested('nmae: a, sample: { text: x }, matches: []', gamma));
  t.regex(text, /nmae is not a known key/);
  t.notRegex(text, /No test expects/);
});

test('messages name the tests folder that was given, and why a sample cannot be read', async (t) => {
  const text = await testOutput(t, rules, tested('name: c, sample: { file: none.bin }, matches: [Foo_C]', negative));
  t.regex(text, /No test expects Foo_A to match: add one to mine\/foo\.yar\.test\.yaml/);
  t.regex(
    text,
    /Cannot read the sample none\.bin \(no such file or directory\): paths are relative to the test file\./,
  );
});

test('an error of the engine shows the line with a mark', async (t) => {
  const text = await testOutput(t, 'rule Foo_A { condition: $b }', tested(negative));
  t.regex(text, /\n {4}\| rule Foo_A \{ condition: \$b \}\n {4}\| {25}\^\^\n/);
});
