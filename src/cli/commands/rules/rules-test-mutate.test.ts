import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { externalsOf } from '../../../domain/rulesets/externals.ts';
import { compile } from '../../../engine/compile.ts';
import { mutateRule } from '../../../rules/mutate/mutate-rule.ts';
import { parseSource } from '../../../rules/syntax/parse.ts';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import { checkSources } from '../../../testing/rules/check-sources.ts';

const rule = `rule Two_Markers {
  strings:
    $a = "marker" nocase
    $b = { 01 02 03 }
  condition:
    $a and #b > 1
}`;

const example = (name: string, text: string, matches: string) =>
  `{ name: ${name}, sample: { text: "${text}" }, matches: [${matches}] }`;
const b = '\\x01\\x02\\x03';
const weak = `tests:\n  - ${example('one', `MARKER ${b} ${b}`, 'Two_Markers')}\n  - ${example('nothing', 'nothing', '')}\n`;
const strong = [
  weak.trimEnd(),
  ...[example('one b', `marker ${b}`, ''), example('no a', `${b} ${b} ${b}`, '')].map((each) => `  - ${each}`),
].join('\n');

test('a weak test shows exactly the changes that it does not notice', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/x/a.yar': rule, 'rule-tests/x/a.yar.test.yaml': weak });
  const { code, stdout, stderr } = await cli.run('rules', 'test', '--mutate');
  t.is(code, 0, stderr);
  t.deepEqual(stdout.split('\n\n').at(-1)?.trimEnd().split('\n'), [
    'x/a.yar:6:5: Two_Markers: $a → true',
    'x/a.yar:6:8: Two_Markers: and → or',
    'x/a.yar:6:12: Two_Markers: #b > 1 → true',
    'x/a.yar:6:15: Two_Markers: > → >=',
    'x/a.yar:6:17: Two_Markers: 1 → 0',
    '4 of 9 mutants noticed (44%)',
  ]);
});

test('strong tests leave no change unnoticed', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rule, 'rule-tests/a.yar.test.yaml': strong });
  const { code, stdout } = await cli.run('rules', 'test', '--mutate');
  t.is(code, 0);
  t.is(stdout.split('\n\n').at(-1), '9 of 9 mutants noticed (100%)\n');
});

test('a test with a todo notices nothing, and neither do tests of other files', async (t) => {
  const cli = await createTestCli(t);
  const excused = example('later', b.repeat(3), '').replace('{ name', '{ todo: a gap, name');
  await cli.write({
    ...{ 'rules/a.yar': rule, 'rules/b.yar': rule.replace('$a and', '$a or') },
    'rule-tests/a.yar.test.yaml': `${weak}  - ${excused}\n`,
    'rule-tests/b.yar.test.yaml': strong
      .replaceAll('[]', '[Two_Markers]')
      .replace('"nothing" }, matches: [Two_Markers]', '"nothing" }, matches: []'),
  });
  const { stdout } = await cli.run('rules', 'test', 'a.yar', '--mutate');
  t.regex(stdout, /\n4 of 9 mutants noticed/);
  t.notRegex(stdout, /b\.yar:\d/);
});

test('failing tests end the command before any mutant', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rule, 'rule-tests/a.yar.test.yaml': weak.replace('[Two_Markers]', '[]') });
  const { code, stdout } = await cli.run('rules', 'test', '--mutate');
  t.is(code, 1);
  t.notRegex(stdout, /mutant/);
});

test('a rule that no test expects to match has no mutants and is listed', async (t) => {
  const cli = await createTestCli(t);
  const more = `${rule}\nrule Other { condition: filesize == 3 }`;
  await cli.write({ 'rules/a.yar': more, 'rule-tests/a.yar.test.yaml': strong });
  const { code, stdout } = await cli.run('rules', 'test', '--mutate');
  t.is(code, 1, 'as without --mutate');
  t.true(
    stdout.endsWith('\n\na.yar:8:6: Other: no mutants: no test expects it to match\n9 of 9 mutants noticed (100%)\n'),
    stdout,
  );
});

test('with --name, only the rules that these tests expect are changed, and all tests of the file count', async (t) => {
  const cli = await createTestCli(t);
  const more = `private rule Needed { condition: filesize < 99 }
private rule Unneeded { condition: filesize < 77 }
${rule}
rule Other { condition: Unneeded and filesize == 3 }
rule Third { condition: Needed and filesize == 4 }`;
  const tests = `${strong}\n  - ${example('other', 'xyz', 'Other')}\n  - ${example('third', 'xyzz', 'Third')}\n`;
  await cli.write({ 'rules/a.yar': more, 'rule-tests/a.yar.test.yaml': tests });
  const mutants = async (name: string) => (await cli.run('rules', 'test', '--mutate', '--name', name)).stdout;
  t.is(
    await mutants('one'),
    '2 passed, 0 failed, 0 todo, in 1 file\n\n9 of 9 mutants noticed (100%)\n',
    'one and one b',
  );
  const third = await mutants('third');
  t.regex(third, /a\.yar:1:\d+: Needed: /);
  t.notRegex(third, /Unneeded:|Two_Markers:|Other:/);
  t.regex(await mutants('nothing'), /\n\nNo mutants: these tests expect no rule to match\.\n$/);
});

test('--out has the mutants too', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rule, 'rule-tests/a.yar.test.yaml': strong });
  const { stdout } = await cli.run('rules', 'test', '--mutate', '--out', 'report.txt');
  t.is(stdout, '');
  const report = await readFile(join(cli.dir, 'report.txt'), 'utf8');
  t.regex(report, /\n4 passed, 0 failed, 0 todo, in 1 file\n\n9 of 9 mutants noticed \(100%\)\n$/);
});

test('an included rule is changed where it is written, and one of another rule file only there', async (t) => {
  const cli = await createTestCli(t);
  const size = (name: string, more: string) => `\n  private rule ${name} { condition: filesize < 9${more} }\n`;
  await cli.write({
    'rules/parts/small.inc': size('Small', ''),
    'rules/other.yar': `${size('Other', '9')} rule O { condition: Other }`,
    'rules/a.yar': 'include "parts/small.inc"\ninclude "other.yar"\nrule R { condition: Small and Other }',
    'rule-tests/a.yar.test.yaml': `tests:\n  - ${example('few', 'x', 'R, O')}\n  - ${example('many', 'x'.repeat(200), '')}\n`,
  });
  const { stdout } = await cli.run('rules', 'test', 'a.yar', '--mutate');
  const lines = stdout.split('\n\n').at(-1)?.trimEnd().split('\n') ?? [];
  t.deepEqual(lines.filter((line) => line.includes('Small')).slice(0, 2), [
    'parts/small.inc:2:44: Small: < → <=',
    'parts/small.inc:2:46: Small: 9 → 8',
  ]);
  t.false(lines.some((line) => line.includes('Other:')));
});

test('--mutate prints text only', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': rule, 'rule-tests/a.yar.test.yaml': strong });
  const { code, stderr } = await cli.run('rules', 'test', '--mutate', '--format', 'tap');
  t.is(code, 2);
  t.regex(stderr, /ERR_USAGE.*--format tap/);
});

test('text of rules cannot act on the terminal', async (t) => {
  const cli = await createTestCli(t);
  const hostile = 'rule R { strings: $a = "ab\u001b[2Jcd" condition: $a or filesize < 9 }';
  const tests = `tests:\n  - ${example('short', 'x', 'R')}\n  - ${example('long', 'xxxxxxxxxxxxxxxx', '')}\n`;
  await cli.write({ 'rules/a.yar': hostile, 'rule-tests/a.yar.test.yaml': tests });
  const { stdout } = await cli.run('rules', 'test', '--mutate');
  t.regex(stdout, /a\.yar:1:\d+: R: "ab.*cd" → /);
  t.false(stdout.includes('\u001b'));
});

test('the result is that of whole files, each compiled and tested by itself', async (t) => {
  const source = `import "math"
private rule Small { condition: filesize < 40 and filesize > 2 }
rule Text { strings: $a = "alpha" wide ascii $b = /be[t]a+/i condition: Small and any of them }
rule Both { strings: $g = "gamma" fullword condition: Text and not ($g at 0 or math.min(1, #g) == 1) }
global rule Not_Empty { condition: filesize != 0 and filesize < 60 }
rule Alone { strings: $d = { 64 ?? 6C [1-3] (74 | 75) } condition: for any i in (1..#d) : (@d[i] >= 2 and i < 3) }`;
  const samples: readonly (readonly [string, string])[] = [
    ['alpha', 'Not_Empty, Text, Both'],
    ['xBETAAA gamma', 'Not_Empty, Text'],
    ['xxdel..t', 'Not_Empty, Alone'],
    ['alpha beta gamma '.repeat(3), 'Not_Empty'],
    ['alpha beta gamma '.repeat(4), ''],
  ];
  const tests = `tests:\n${samples.map(([text, matches], index) => `  - ${example(`test ${index}`, text, matches)}\n`).join('')}`;
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': source, 'rule-tests/a.yar.test.yaml': tests });
  const { code, stdout } = await cli.run('rules', 'test', '--mutate');
  t.is(code, 0, stdout);
  const lines = stdout.split('\n\n').at(-1)?.trimEnd().split('\n') ?? [];

  const expected: string[] = [];
  let [tested, refused] = [0, 0];
  for (const each of parseSource(source).rules) {
    for (const { start, end, text, before, after } of mutateRule(source, each)) {
      const mutant = { namespace: 'a.yar', source: source.slice(0, start) + text + source.slice(end) };
      if (checkSources([mutant]).errors.length > 0) {
        refused += 1;
        continue;
      }
      tested += 1;
      const rules = compile([mutant]);
      const isUnnoticed = samples.every(([sample, matches]) => {
        const found = rules.scan(Buffer.from(sample), externalsOf('')).map((match) => match.rule);
        return found.sort().join() === matches.split(', ').sort().join();
      });
      rules.free();
      const above = source.slice(0, start).split('\n');
      const place = `a.yar:${above.length}:${(above.at(-1)?.length ?? 0) + 1}`;
      if (isUnnoticed) expected.push(`${place}: ${each.name}: ${before} → ${after}`);
    }
  }
  const noticed = tested - expected.length;
  t.true(expected.length > 5 && noticed > 20, `${expected.length} of ${tested}`);
  t.deepEqual(lines.slice(0, -1), expected);
  t.is(
    lines.at(-1),
    `${noticed} of ${tested} mutants noticed (${Math.floor((100 * noticed) / tested)}%)${refused === 0 ? '' : `; ${refused} did not compile`}`,
  );
});
