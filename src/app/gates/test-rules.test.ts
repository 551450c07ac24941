import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { compile } from '../../engine/compile.ts';
import { describeFailure } from '../../rule-tests/describe-failure.ts';
import { isGreen } from '../../rule-tests/results.ts';
import { zipOf } from '../../testing/specimens/zip-of.ts';
import { type TestRulesOptions, testRules } from './test-rules.ts';

const rules = [
  {
    namespace: 'a.yar',
    source: `private rule Helper { condition: filesize > 0 }
rule One { strings: $a = "one!" condition: $a and Helper }
rule Two { strings: $a = "two!" condition: $a or extension == ".two" }`,
  },
  { namespace: 'deep/b.yar', source: 'rule Any { condition: filesize > 0 }' },
];
const rulesEntries = [
  { namespace: 'a.yar', name: 'Helper', private: true },
  { namespace: 'a.yar', name: 'One', private: false },
  { namespace: 'a.yar', name: 'Two', private: false },
  { namespace: 'deep/b.yar', name: 'Any', private: false },
];
const testsOfB = `tests:
  - { name: full, sample: { text: x }, matches: [Any] }
  - { name: empty, sample: { text: "" }, matches: [] }
`;

const compiled = compile(rules);
test.after.always(() => compiled.free());

async function run(t: ExecutionContext, files: Readonly<Record<string, string>>, more: Partial<TestRulesOptions> = {}) {
  const testsDir = await mkdtemp(join(tmpdir(), 'rearview-tests-'));
  t.teardown(() => rm(testsDir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(testsDir, name)), { recursive: true });
    await writeFile(join(testsDir, name), text);
  }
  const scan: TestRulesOptions['scan'] = async (bytes, externals) => {
    return { status: 'scanned', matches: compiled.scan(bytes, externals) };
  };
  return testRules({ rules, rulesEntries, testsDir, scan, ...more });
}

const codes = (diagnostics: readonly { code: string; file: string; line: number }[]) =>
  diagnostics.map(({ code, file, line }) => `${file}:${line} ${code}`);

test('tests pass, fail or are known gaps, each with its reason', async (t) => {
  const result = await run(t, {
    'a.yar.test.yaml': `tests:
  - { name: one, sample: { text: xone! }, matches: [One], strings: { One: [{ identifier: $a, offset: 1 }] } }
  - { name: by name, sample: { hex: "00" }, externals: { filepath: /x.two }, matches: [Two, "deep/b.yar:Any"] }
  - { name: wrong rule, sample: { text: one! }, matches: [Two] }
  - { name: wrong place, sample: { text: one! }, matches: [One], strings: { One: [{ identifier: $a, offset: 1 }] } }
  - { name: gap, sample: { base64: b25l }, matches: [One], todo: encoded }
  - { name: closed, sample: { text: one! }, matches: [One], todo: encoded }
`,
    'deep/b.yar.test.yaml': testsOfB,
  });
  t.deepEqual(
    result.files.flatMap(({ path, tests }) =>
      tests.map(({ name, status, line }) => `${path}:${line} ${name} ${status}`),
    ),
    [
      'a.yar.test.yaml:2 one passed',
      'a.yar.test.yaml:3 by name passed',
      'a.yar.test.yaml:4 wrong rule failed',
      'a.yar.test.yaml:5 wrong place failed',
      'a.yar.test.yaml:6 gap todo',
      'a.yar.test.yaml:7 closed todo_passed',
      'deep/b.yar.test.yaml:2 full passed',
      'deep/b.yar.test.yaml:3 empty passed',
    ],
  );
  t.like(result, { passed: 4, failed: 2, todo: 2, problems: [], untested: [] });
  const [wrongRule, wrongPlace] = result.files[0]?.tests.slice(2, 4) ?? [];
  t.like(wrongRule?.failure, { missing: ['a.yar:Two'], unexpected: ['a.yar:One'] });
  t.like(wrongPlace?.failure, { missing: [], unexpected: [] });
  t.is(wrongPlace?.failure?.missingStrings[0]?.actual[0]?.offset, 0);
});

test('a public rule without a test that matches, or without one that does not, is reported', async (t) => {
  const one = '{ name: one, sample: { text: one! }, matches: [One] }';
  const both = '{ name: both, sample: { text: one!two! }, matches: [One, Two] }';
  const gap = '{ name: gap, sample: { text: two }, matches: [Two], todo: no }';
  const only = (namespace: string) => namespace === 'a.yar';
  const untested = async (...tests: readonly string[]) =>
    codes((await run(t, { 'a.yar.test.yaml': `tests: [${tests.join(', ')}]` }, { only })).untested);
  t.deepEqual(await untested(one, both), ['a.yar:2 test/no-negative']);
  t.deepEqual(await untested(one, gap), ['a.yar:2 test/no-negative', 'a.yar:3 test/no-positive']);
  t.deepEqual(codes((await run(t, {})).untested), [
    'a.yar:2 test/no-positive',
    'a.yar:2 test/no-negative',
    'a.yar:3 test/no-positive',
    'a.yar:3 test/no-negative',
    'deep/b.yar:1 test/no-positive',
    'deep/b.yar:1 test/no-negative',
  ]);
});

test('a tests folder that does not exist has no tests', async (t) => {
  const result = await run(t, {}, { testsDir: join(tmpdir(), 'rearview-no-such-folder') });
  t.deepEqual(result.files, []);
  t.is(result.untested.length, 6);
});

test('files that cannot be used are problems, and the others run', async (t) => {
  const result = await run(t, {
    'a.yar.test.yaml': 'tests: [',
    'gone.yar.test.yaml': testsOfB,
    'deep/b.yar.test.yaml': testsOfB,
    'deep/c.yar.test.yml': testsOfB,
  });
  t.is(result.passed, 2);
  t.deepEqual(codes(result.problems).sort(), [
    'a.yar.test.yaml:1 test/yaml',
    'deep/c.yar.test.yml:0 test/name',
    'gone.yar.test.yaml:0 test/no-rules',
  ]);
});

test('a test whose sample is unavailable fails, todo or not', async (t) => {
  const result = await run(t, {
    'deep/b.yar.test.yaml': `tests:
  - { name: missing, sample: { file: nope.bin }, matches: [Any] }
  - { name: outside, sample: { file: ../../etc/passwd }, matches: [Any], todo: later }
`,
  });
  const tests = result.files[0]?.tests ?? [];
  t.deepEqual(
    tests.map(({ status }) => status),
    ['failed', 'failed'],
  );
  t.regex(tests[0]?.failure?.error ?? '', /Cannot read the sample nope\.bin/);
  t.regex(tests[1]?.failure?.error ?? '', /outside the tests folder/);
});

test('a scan that fails is the failure of its test', async (t) => {
  const scan = async () => ({ status: 'failed' as const, reason: 'timeout', detail: 'Too slow.' });
  const result = await run(t, { 'deep/b.yar.test.yaml': testsOfB }, { scan });
  t.is(result.failed, 2);
  t.is(result.files[0]?.tests[0]?.failure?.error, 'The scan failed (timeout): Too slow.');
});

test('tests of a file that is left out are passed over with a warning, and fail nothing', async (t) => {
  const leftOut = new Map([['index.yar', 'it only includes rule files']]);
  const only = (namespace: string) => namespace !== 'a.yar';
  const files = { 'index.yar.test.yaml': testsOfB, 'deep/b.yar.test.yaml': testsOfB };
  const result = await run(t, files, { leftOut, only });
  t.is(result.passed, 2);
  t.like(result.problems, [{ severity: 'warning', code: 'test/left-out', file: 'index.yar.test.yaml' }]);
  t.true(isGreen(result));
});

test('if tests are chosen by name, rules without tests are not reported', async (t) => {
  const result = await run(t, { 'deep/b.yar.test.yaml': testsOfB }, { onlyTest: (name) => name === 'full' });
  t.like(result, { passed: 1, failed: 0, untested: [] });
});

test('a failing test of what is inside a sample names the members, and those that matched', async (t) => {
  const member = { place: ['b', 'c'], sha256: '0', size: 4 };
  const found = { namespace: 'a.yar', rule: 'One', tags: [], meta: [], strings: [], members: [member] };
  const zip = Buffer.from(zipOf({ a: 'x', b: zipOf({ c: 'one!' }) })).toString('base64');
  const test = (content: string) =>
    `  - { name: n${content.length}, inside: true, sample: { base64: ${content} }, matches: [] }`;
  const result = await run(
    t,
    { 'a.yar.test.yaml': `tests:\n${test(zip)}\n${test('b25l')}\n` },
    { scan: async () => ({ status: 'scanned', matches: [found] }) },
  );
  const [first, second] = result.files[0]?.tests ?? [];
  t.deepEqual(first?.failure === undefined ? [] : describeFailure(first.failure), [
    '+ a.yar:One matches and should not',
    '  members of the sample: 3',
    '    a',
    '    b',
    '    b > c (a.yar:One)',
  ]);
  t.deepEqual(second?.failure?.inside, { places: [], total: 0, matched: [{ rule: 'a.yar:One', places: ['b > c'] }] });
});
