import test from 'ava';
import { runnerCommands } from '../testing/cli/runner-commands.ts';
import { reportJunit } from './report-junit.ts';
import { reportTap } from './report-tap.ts';
import { reportText } from './report-text.ts';
import { isGreen, type TestRun } from './results.ts';

const nasty = 'a <b> & "c" #1 \u0007';
const run: TestRun = {
  files: [
    {
      path: 'a.yar.test.yaml',
      namespace: 'a.yar',
      tests: [
        { name: 'fine', line: 2, status: 'passed' },
        {
          name: nasty,
          line: 5,
          status: 'failed',
          failure: {
            expected: ['a.yar:One'],
            actual: ['a.yar:Two'],
            missing: ['a.yar:One'],
            unexpected: ['a.yar:Two'],
            missingStrings: [
              {
                rule: 'a.yar:Three',
                expected: { identifier: '$a', offset: 3, length: 2 },
                actual: [{ identifier: '$a', offset: 4, length: 2, data: '<x' }],
              },
            ],
          },
        },
        {
          name: 'gap',
          line: 9,
          status: 'todo',
          todo: 'packed #2',
          failure: { error: 'no', expected: [], actual: [], missing: [], unexpected: [], missingStrings: [] },
        },
        { name: 'closed', line: 12, status: 'todo_passed', todo: 'was packed' },
      ],
    },
  ],
  passed: 1,
  failed: 1,
  todo: 2,
  untested: [
    {
      severity: 'error',
      code: 'test/no-positive',
      message: 'No test.',
      rule: 'a.yar:A',
      file: 'a.yar',
      line: 7,
      column: 6,
    },
  ],
  problems: [{ severity: 'error', code: 'test/yaml', message: 'Bad.', file: 'b.yar.test.yaml', line: 1, column: 1 }],
};

test('the text report shows failures with their difference, gaps, and totals', (t) => {
  t.is(
    reportText(run),
    `✘ a.yar.test.yaml:5: ${nasty}
    - a.yar:One should match and does not
    + a.yar:Two matches and should not
    - a.yar:Three: $a at 3 of 2 bytes
    + a.yar:Three: $a at 4 of 2 bytes "<x"
… a.yar.test.yaml:9: gap (todo: packed #2)
✔ a.yar.test.yaml:12: closed passes now: remove its todo (was packed)
b.yar.test.yaml:1:1: error: Bad. [test/yaml]
a.yar:7:6: error: No test. [test/no-positive]
1 passed, 1 failed, 2 todo, 1 missing, 1 problems, in 1 file
`,
  );
});

test('the TAP report numbers every point and marks known gaps', (t) => {
  const lines = reportTap(run).split('\n');
  t.deepEqual(
    lines.filter((line) => /^(TAP|1\.\.|ok|not ok)/.test(line)),
    [
      'TAP version 14',
      '1..6',
      'ok 1 - a.yar.test.yaml: fine',
      'not ok 2 - a.yar.test.yaml: a <b> & "c" \\#1 \\u0007',
      'not ok 3 - a.yar.test.yaml: gap # TODO packed \\#2',
      'ok 4 - a.yar.test.yaml: closed # TODO was packed',
      'not ok 5 - b.yar.test.yaml: test/yaml',
      'not ok 6 - a.yar: test/no-positive',
    ],
  );
  t.true(lines.includes('  at: "a.yar.test.yaml:5"'));
  t.true(lines.includes('    - "- a.yar:One should match and does not"'));
});

test('the JUnit report is XML with everything escaped, and gaps skipped', (t) => {
  const xml = reportJunit(run);
  t.true(
    xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rule tests" tests="6" failures="3"'),
  );
  t.true(xml.includes('<testsuite name="a.yar.test.yaml" tests="4" failures="1" errors="0" skipped="1">'));
  t.true(xml.includes('name="a &lt;b&gt; &amp; &quot;c&quot; #1 \ufffd" file="a.yar.test.yaml" line="5"'));
  t.true(xml.includes('<failure message="- a.yar:One should match and does not">- a.yar:One'));
  t.true(xml.includes('<skipped message="todo: packed #2"/>'));
  t.true(xml.includes('<testsuite name="findings" tests="1" failures="1"'));
  t.notRegex(xml, /[\u0000-\u0008]/);
  const opened = xml.match(/<(testsuites?|testcase|failure)\b(?:"[^"]*"|[^">])*(?<!\/)>/g)?.length;
  t.is(opened, xml.match(/<\/(testsuites?|testcase|failure)>/g)?.length);
});

test('a run is green if nothing is left to fix, except known gaps', (t) => {
  t.false(isGreen(run));
  t.true(isGreen({ ...run, failed: 0, untested: [], problems: [] }));
});

test('hostile names and messages are not commands to a GitHub Actions runner, and are restored when parsed', (t) => {
  const hostile = 'a\n::add-mask::x\n ##[set-output name=a]b \u202e\u0085';
  const failure = { expected: [], actual: [], missing: [], unexpected: [], missingStrings: [], error: hostile };
  const files = [
    { path: hostile, namespace: hostile, tests: [{ name: hostile, line: 1, status: 'failed' as const, failure }] },
  ];
  const [tap, junit] = [reportTap({ ...run, files }), reportJunit({ ...run, files })];
  for (const report of [tap, junit]) {
    t.deepEqual(runnerCommands(report), []);
    t.notRegex(report, /[\u0085\u202e]/);
  }
  const [, quoted = ''] = /^ {4}- (".*")$/m.exec(tap) ?? [];
  t.is(JSON.parse(quoted), hostile);
  const [, text = ''] = /<failure [^>]*>([^<]*)</.exec(junit) ?? [];
  t.is(
    text.replace(/&#(x?)([0-9a-f]+);/g, (_, hex, code) => String.fromCharCode(Number.parseInt(code, hex ? 16 : 10))),
    hostile,
  );
});
