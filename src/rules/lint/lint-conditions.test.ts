import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { checkSource, compile } from '../../engine/compile.ts';
import { parseSource } from '../syntax/parse.ts';
import { lintCondition } from './lint-condition.ts';
import { lintGuard } from './lint-guard.ts';
import { eicar, lintHashes } from './lint-hashes.ts';

const sourceOf = (condition: string, meta = '') =>
  `import "math" import "hash" import "pe" rule r { ${meta} strings: $a = "abcdef" $m = "MZ" condition: (any of them or true) and (${condition}) }`;
const ruleOf = (condition: string, meta = '') => {
  const source = sourceOf(condition, meta).replace('(any of them or true) and ', '');
  const { errors } = checkSource({ namespace: 'a.yar', source: sourceOf(condition, meta) });
  if (errors.length > 0) throw new Error(`${condition}: ${errors[0]?.message}`);
  const [rule] = parseSource(source).rules;
  if (rule === undefined) throw new Error(source);
  return rule;
};
const codes = (condition: string) => lintCondition(ruleOf(condition)).map(({ code }) => code);

test('a condition whose parts contradict each other is never true', (t) => {
  for (const each of [
    'filesize < 10 and filesize > 20',
    '$a and (filesize > 10KB and filesize == 10)',
    'uint16(0) == 0x5A4D and uint16(0) == 0x4B50',
    'uint16(0) == 0x5A4D and uint32(0) == 0x464c457f',
    'uint16be(0) == 0x5A4D and uint8(1) == 0x5A',
    '$m at 0 and uint32(0) == 0x464c457f',
    'filename == "a" and filename == "b"',
    '$a and not $a',
    '#a > 5 and #a < 3',
    '#a == 0 and $a',
    'filesize < 0',
    'math.entropy(0, filesize) > 8.0',
    'filesize < 10 and uint32(60) == 1',
    'uint8(filesize) == 1',
    '$a at filesize',
  ]) {
    t.deepEqual(codes(each), ['never-true'], each);
  }
});

test('an alternative that contradicts what is required with it is never true', (t) => {
  t.deepEqual(codes('uint16(0) == 0x5A4D and (uint16(0) == 0x4B50 or $a)'), ['never-true']);
  t.deepEqual(codes('$a or (filesize < 10 and filesize > 20)'), ['never-true']);
});

test('alternatives that cover every value are always true', (t) => {
  for (const each of [
    'filename != "a" or filename != "b"',
    'filesize > 10 or filesize < 20',
    '$a or not $a',
    'filesize >= 0',
    '#a >= 0',
    '$a and (uint16(0) != 0x5A4D or uint16(0) != 0x4B50)',
  ]) {
    t.deepEqual(codes(each), ['always-true'], each);
  }
});

test('conditions that may be true or false have no finding', (t) => {
  for (const each of [
    'filesize > 10 and filesize < 20',
    'filesize >= 10 and filesize <= 10',
    'uint16(0) == 0x5A4D and uint32(0) == 0x00905a4d',
    'uint16(0) == 0x5A4D or uint16(0) == 0x4B50',
    'not uint8(0) < 5 and not uint8(0) >= 5',
    'not uint16(0) == 0x5A4D and uint16(0) == 0x4B50',
    '$m at 0 and uint32(0) == 0x00905a4d',
    '$a at filesize - 6',
    'uint8(filesize - 1) == 1',
    'for any i in (1..3) : (i == 1 and @a[i] == 2)',
    'math.entropy(0, filesize) > 7.9',
    'filename != "a" and filename != "b"',
    'filesize - 5 > 10 and filesize < 12',
  ]) {
    t.deepEqual(codes(each), [], each);
  }
});

test('what the engine reports is not reported again', (t) => {
  for (const each of ['true', '$_a or true', '$_a and false', '3 of them', 'uint8(0) == 0x5A4D']) {
    const source = `rule r { strings: $_a = "abcdef" $_b = "ghijkl" condition: ${each} }`;
    const { errors, warnings } = checkSource({ namespace: 'a.yar', source });
    t.deepEqual(errors, []);
    t.true(
      warnings.some(({ code }) => /invariant_expr|unsatisfiable_expr/.test(code)),
      each,
    );
    t.deepEqual(parseSource(source).rules.flatMap(lintCondition), [], each);
  }
});

test('a condition that is said to be never true matches no file, one that is always true matches all', (t) => {
  const parts = [
    ...[
      'filesize < 3',
      'filesize > 2',
      'filesize == 4',
      'filesize >= 0',
      '$a',
      '#a > 1',
      '#a == 0',
      '$m at 0',
      '$a at 2',
    ],
    ...[
      'uint8(0) == 0x4d',
      'uint16(0) == 0x5a4d',
      'uint16be(0) == 0x4d5a',
      'uint8(1) != 0x5a',
      'uint32(0) == 0x00015a4d',
    ],
    ...['uint8(0) > 0x60', 'uint8(0) <= 0x60', 'uint8(2) == 0x61', 'filesize != 4'],
  ];
  const leaf = fc.constantFrom(...parts);
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      leaf,
      tie('condition').map((one) => `not (${one})`),
      fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((all) => `(${all.join(' and ')})`),
      fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((all) => `(${all.join(' or ')})`),
    ),
  }));
  const files = [
    '',
    'M',
    'MZ',
    'MZ\u0001\0',
    'MZabcdef',
    'abcdefabcdef',
    'zzzz',
    'aZ',
    '\0\0\0\0',
    'MZ\u0001\0abcdefabcdef',
  ];
  const counts = { never: 0, always: 0 };
  const check = fc.property(condition, (text) => {
    const findings = lintCondition(ruleOf(text));
    const isNever = findings.some(({ message }) => message.startsWith('The condition of'));
    const isAlways = findings.some(({ code, message }) => code === 'always-true' && message.startsWith(`"${text}"`));
    if (!isNever && !isAlways) return;
    using rules = compile([{ namespace: 'a.yar', source: sourceOf(text) }]);
    for (const file of files) {
      // Two bytes or more: a part without a value is neither.
      if (isAlways && file.length < 4) continue;
      const isFound = rules.scan(Buffer.from(file, 'latin1'), externalsOf('')).length > 0;
      t.is(isFound, isAlways, `${text} for ${JSON.stringify(file)}`);
    }
    counts[isNever ? 'never' : 'always'] += 1;
  });
  fc.assert(check, { numRuns: 1_000, seed: 17 });
  t.true(counts.never > 20, JSON.stringify(counts));
});

test('a hash of the whole file without a guard in front is reported', (t) => {
  const guard = (condition: string, isGuarded = false) =>
    lintGuard(ruleOf(condition), isGuarded).map(({ code }) => code);
  for (const each of [
    `hash.md5(0, filesize) == "${'a'.repeat(32)}"`,
    'math.entropy(0, filesize) > 7.0 and uint16(0) == 0x5A4D',
    `$a or hash.sha256(0, filesize) == "${'a'.repeat(64)}"`,
    'not (math.entropy(0, filesize) > 7.0)',
  ]) {
    t.deepEqual(guard(each), ['missing-guard'], each);
    t.deepEqual(guard(each, true), [], each);
  }
  for (const each of [
    `filesize == 1234 and hash.md5(0, filesize) == "${'a'.repeat(32)}"`,
    'uint16(0) == 0x5A4D and math.entropy(0, filesize) > 7.0',
    'math.entropy(0, 1024) > 7.0',
    '$a and (math.entropy(0, filesize) > 7.0 or $m)',
  ]) {
    t.deepEqual(guard(each), [], each);
  }
});

test('hashes of empty and well-known files are reported, in meta and in conditions', (t) => {
  const hashes = (condition: string, meta?: string) => lintHashes(ruleOf(condition, meta)).map(({ code }) => code);
  const empty = 'd41d8cd98f00b204e9800998ecf8427e';
  t.deepEqual(hashes('$a', `meta: hash = "${empty}"`), ['known-hash']);
  t.deepEqual(hashes('$a', 'meta: sha256 = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"'), [
    'known-hash',
  ]);
  t.deepEqual(hashes('$a', 'meta: hash = "44d88612fea8a8f36de82e1278abb02f"'), ['known-hash']);
  t.deepEqual(hashes('$a', 'meta: description = "EICAR" hash = "44d88612fea8a8f36de82e1278abb02f"'), []);
  t.deepEqual(hashes('$a', `meta: imphash = "${empty}" hash = "00000000000000000000000000000001"`), []);
  t.deepEqual(hashes(`hash.md5(0, filesize) == "${empty}"`), ['known-hash']);
  t.deepEqual(hashes(`hash.md5(0, 100) == "${'0'.repeat(32)}"`), []);
  t.is(eicar.length, 68);
});

test('an import hash that every .NET program has is reported where nothing else is required', (t) => {
  const hashes = (condition: string) => lintHashes(ruleOf(condition)).map(({ code }) => code);
  const net = 'pe.imphash() == "f34d5f2d4577ed6d9ceec516c1f5a744"';
  t.deepEqual(hashes(net), ['known-hash']);
  t.deepEqual(hashes(`$a or ${net}`), ['known-hash']);
  t.deepEqual(hashes(`$a and ${net}`), []);
});
