import test from 'ava';
import fc from 'fast-check';
import { createCommonBytes } from './common-bytes.ts';
import { createCommonTexts } from './common-texts.ts';
import { extractTexts, longestText, shortestText } from './extract-texts.ts';
import { commonGuard, sizeLimit } from './file-guard.ts';
import { leastPoints, rateText } from './rate-text.ts';
import { readRuleName } from './rule-name.ts';

const wide = (text: string) => Buffer.from(text, 'utf16le');
const bytesOf = (text: string, encoding: string) => (encoding === 'wide' ? wide(text) : Buffer.from(text, 'latin1'));
const texts = (bytes: Uint8Array) => [...extractTexts(bytes)].map(({ text, encoding }) => `${encoding} ${text}`);

/** Pieces of files: garbage, texts of either encoding, zeros. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.string({ maxLength: 60 }).map(wide),
      fc.constant(new Uint8Array(3)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

test('texts of one and of two bytes per character are found between garbage', (t) => {
  const bytes = Buffer.concat([
    Buffer.of(0, 1, 255),
    Buffer.from('hello world\0'),
    wide('Global\\Mutex'),
    Buffer.of(0, 0, 7),
  ]);
  t.deepEqual(texts(bytes), ['ascii hello world', 'wide Global\\Mutex']);
  t.deepEqual(texts(Buffer.from('short')), []);
  t.deepEqual(texts(Buffer.concat([Buffer.from('xyz'), wide('Global')])), ['wide Global']);
  t.deepEqual(texts(new Uint8Array()), []);
});

test('every text is in the file in its encoding, and has the length that rules want', (t) => {
  fc.assert(
    fc.property(content, (bytes) => {
      for (const { text, encoding } of extractTexts(bytes)) {
        if (!bytes.includes(bytesOf(text, encoding))) return false;
        if (text.length < shortestText || text.length > longestText) return false;
      }
      return true;
    }),
  );
  t.pass();
});

test('a long line is divided where its content is, so that other files have the same parts', (t) => {
  const middle = 'var secret = "crimson fox was here"';
  const [a, b] = ['x = 1;'.repeat(30), 'longer = 22;'.repeat(50)].map(
    (before) => `${before}${middle};${'y()'.repeat(100)}`,
  );
  for (const each of [a, b]) t.true(texts(Buffer.from(each ?? '')).includes(`ascii ${middle}`));
});

test('common texts are in every sample, in one of their encodings', (t) => {
  const shared = fc.constantFrom('crimson fox mutex', 'http://fox.example/gate.php');
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 3 }), shared, (parts, text) => {
      const samples = parts.map((each, at) =>
        Buffer.concat([each, Buffer.of(0, 0, 0), bytesOf(text, at % 2 ? 'wide' : 'ascii'), Buffer.of(0, 0, 0)]),
      );
      const common = createCommonTexts();
      for (const each of samples) common.add(each);
      const list = common.list();
      return (
        list.every((each) =>
          samples.every((sample) => each.encodings.some((encoding) => sample.includes(bytesOf(each.text, encoding)))),
        ) && list.some((each) => each.text.includes(text) || text.includes(each.text))
      );
    }),
  );
  t.pass();
});

test('a limit holds for the texts in memory, and keeps the best', (t) => {
  const common = createCommonTexts({ limit: 3 });
  const many = Array.from({ length: 500 }, (_, at) => `plain words ${at}`);
  common.add(Buffer.from([...many, 'http://crimson.example/gate.php', ...many].join('\0')));
  t.is(common.list().length, 3);
  t.true(common.list()[0]?.text.startsWith('http://crimson.example'));
});

test('byte sequences are varied, and in every sample', (t) => {
  const code = Buffer.from('558bec83ec405356578d7dc0b910000000b8ccccccccf3ab8b4508', 'hex');
  const common = createCommonBytes();
  const padded = (size: number) =>
    Buffer.concat([Buffer.alloc(size), Buffer.from(code), Buffer.from('plain text '.repeat(20))]);
  for (const size of [160, 48]) common.add(padded(size));
  const list = common.list(5);
  t.true(list.length > 0);
  for (const piece of list) t.true([160, 48].every((size) => padded(size).includes(Buffer.from(piece))));
  common.add(Buffer.from('something else'));
  t.deepEqual(common.list(5), []);
  t.deepEqual(createCommonBytes().list(5), []);
});

test('what an author chose is rated above what every program has', (t) => {
  const good = [
    ...[
      'C:\\Users\\dev\\fox\\Release\\crimson.pdb',
      'http://crimson.example/gate.php?id=%s',
      'Global\\CrimsonFoxMutex_7',
    ],
    ...['vssadmin delete shadows /all /quiet', 'All of your documents were encrypted by CrimsonFox'],
    ...['eval(base64_decode($_POST["x"]))', 'Software\\Microsoft\\Windows\\CurrentVersion\\Run'],
  ];
  const bad = [
    ...[
      '!This program cannot be run in DOS mode.',
      'KERNEL32.dll',
      'GetProcAddress',
      '.rdata',
      '1234567890',
      '-----------',
    ],
    ...['http://www.w3.org/2001/XMLSchema', 'GLIBC_2.2.5', 'AAAAAAAAAAAA', '__cxa_finalize', '</html>', 'return true;'],
  ];
  for (const text of good) t.true(rateText(text) >= leastPoints + 1, `${text} ${rateText(text)}`);
  for (const text of bad) t.true(rateText(text) < leastPoints, `${text} ${rateText(text)}`);
});

test('printable runs of random bytes are hardly ever proposed', (t) => {
  let state = 7;
  const bytes = Uint8Array.from({ length: 2 ** 21 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  const found = [...extractTexts(bytes)].map(({ text }) => text);
  const proposed = found.filter((text) => rateText(text) >= leastPoints);
  t.true(
    found.length > 2000 && proposed.length < found.length / 500,
    `${proposed.length} of ${found.length}: ${proposed}`,
  );
});

test('a condition on the first bytes holds for all samples', (t) => {
  const [pe, elf] = [Buffer.from('MZ\x90\0'), Buffer.from('\x7fELF')];
  t.is(commonGuard([pe, Buffer.from('MZ')]), 'uint16(0) == 0x5a4d');
  t.is(commonGuard([elf]), 'uint32(0) == 0x464c457f');
  for (const heads of [[pe, elf], [Buffer.of()], []]) t.is(commonGuard(heads), null);
  t.deepEqual([0, 3000, 20_000, 100_000, 3_000_000].map(sizeLimit), ['4KB', '6KB', '40KB', '200KB', '6MB']);
});

test('a name gives a path and a rule', (t) => {
  const read = (name: string) => Object.values(readRuleName(name)).join(':');
  t.is(read('ransomware/crimson-fox'), 'ransomware/crimson-fox.yar:Ransomware_Crimson_Fox');
  t.is(read('a/b/C.yara'), 'a/b/C.yara:A_B_C');
  t.is(read('Crimson_Fox'), 'crimson_fox.yar:Crimson_Fox');
  t.is(read('web/php.yar:Webshell_X'), 'web/php.yar:Webshell_X');
  t.is(read('2024/x'), '2024/x.yar:Rule_2024_X');
  for (const name of [
    '',
    '/',
    '../x',
    'a/../b',
    '/etc/x',
    'a//b',
    'a/.b',
    'a b',
    'a:b:c',
    'a:',
    'a:1x',
    'a\\b',
    'vendor/x',
    'Vendor/x/y',
    'a\n',
    '___',
    'ä',
  ])
    t.throws(() => readRuleName(name), { code: 'ERR_USAGE' }, name);
});
