import test from 'ava';
import fc from 'fast-check';
import { parseGoodwareExceptions } from './goodware-exceptions-file.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const parse = (text: string) => parseGoodwareExceptions('exceptions.yaml', text, now);
const messages = (text: string) =>
  parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const hash = 'Ab'.repeat(32);
const entry = (more: string) => `- rule: A\n  reason: x\n  expires: 2027-01-31\n  ${more}\n`;

test('exceptions have line numbers and lower-case hashes', (t) => {
  const { exceptions, problems } = parse(
    `# why\n- rule: web/php.yar:Shell*\n  path: /usr/**/x.php\n  reason: a test of the package\n  expires: 2027-01-31\n- { rule: A, sha256: ${hash}, reason: known, expires: 2026-11-26 }\n`,
  );
  t.deepEqual(problems, []);
  t.deepEqual(exceptions, [
    {
      rule: 'web/php.yar:Shell*',
      file: { path: '/usr/**/x.php' },
      reason: 'a test of the package',
      expires: '2027-01-31',
      line: 2,
    },
    { rule: 'A', file: { sha256: hash.toLowerCase() }, reason: 'known', expires: '2026-11-26', line: 6 },
  ]);
});

test('an empty file, one with only comments and an empty list have no exceptions', (t) => {
  for (const text of ['', '# nothing yet\n', '[]']) t.deepEqual(parse(text), { exceptions: [], problems: [] }, text);
});

test('every error is reported with its line, its key and a way to fix it', (t) => {
  t.deepEqual(messages(entry('path: /usr/x\n  sha265: x')), [
    '5:3 [0].sha265 is not a known key: check its spelling and indentation, or remove it.',
  ]);
  t.deepEqual(messages('- rule: A\n  path: /x\n').sort(), [
    '1:3 [0].expires is missing.',
    '1:3 [0].reason is missing.',
  ]);
  t.deepEqual(messages('- path: /x\n  reason: "  "\n  expires: 2027-01-31'), [
    '1:3 [0].rule is missing.',
    '2:3 [0].reason must explain why this match is acceptable.',
  ]);
  t.deepEqual(messages(entry('sha256: 12')), ['4:3 [0].sha256 must be text: put the value in quotes.']);
  t.deepEqual(messages(entry(`sha256: ${hash}0`)), ['4:3 [0].sha256 must be a SHA-256: 64 hexadecimal digits.']);
  t.deepEqual(messages('rule: A'), ['1:1 The file must be a list of exceptions.']);
  t.deepEqual(messages('- A'), ['1:3 [0] must be a mapping of keys to values.']);
  t.is(parse('- {').problems[0]?.code, 'goodware/yaml');
  t.is(parse('- A').problems[0]?.code, 'goodware/spec');
});

test('exactly one of sha256 and path', (t) => {
  t.deepEqual(messages(entry('')), ['1:3 [0] needs one of sha256, path.']);
  t.deepEqual(messages(entry(`path: /x\n  sha256: ${hash}`)), ['1:3 [0] has sha256 and path: keep one.']);
});

test('a rule is a name, or a namespace and a name', (t) => {
  for (const good of ['A', '"*"', 'A_*', '"*:A"', 'a/b.yar:A', '"a b/*.yar:*"']) {
    t.deepEqual(messages(`- { rule: ${good}, path: /x, reason: x, expires: 2027-01-31 }`), [], good);
  }
  for (const bad of ['""', '"A B"', '"a.yar:"', '":A"', '"a.yar:A-B"', '"a/b"']) {
    t.regex(messages(`- { rule: ${bad}, path: /x, reason: x, expires: 2027-01-31 }`)[0] ?? '', /rule must be/, bad);
  }
});

test('a pattern that covers every file, or is ambiguous, is refused', (t) => {
  for (const [path, why] of [
    ['"**"', /every file/],
    ['"/**"', /every file/],
    ['"*/*"', /every file/],
    ['""', /every file/],
    ['/usr/a**', /complete part between slashes/],
    ['"/usr/**a"', /complete part between slashes/],
    ['"/usr/***"', /complete part between slashes/],
    ['C:\\Windows\\x', /also on Windows/],
    ['\\\\server\\share', /also on Windows/],
    ['"/usr/\ufffd"', /U\+FFFD/],
  ] as const) {
    t.regex(messages(entry(`path: ${path}`))[0] ?? '', why, path);
  }
});

test('an expiry is a date at most 366 days ahead', (t) => {
  const expiring = (day: string) => messages(`- { rule: A, path: /x, reason: x, expires: ${day} }`);
  for (const day of ['2020-01-01', '2026-11-25', '2027-11-26']) t.deepEqual(expiring(day), [], day);
  t.deepEqual(expiring('2027-11-27'), [
    '1:35 [0].expires is more than 366 days ahead: exceptions need a review every year.',
  ]);
  for (const day of ['never', '2027-02-30', '2027-1-1', '"2027-01-31T00:00:00Z"', '20270131', '""']) {
    t.regex(expiring(day)[0] ?? '', /expires must be/, day);
  }
});

test('one error invalidates all exceptions', (t) => {
  t.deepEqual(parse(`${entry('path: /x')}- rule: B\n`).exceptions, []);
});

test('every file is either read or refused', (t) => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('- ', 'rule: ', 'path: ', '\n', '  ', 'A', '{', '&a ', '*a', '!!x '), { maxLength: 20 })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const { exceptions, problems } = parse(given);
      t.true(problems.length === 0 || exceptions.length === 0);
    }),
  );
});
