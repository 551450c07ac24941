import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { hasCode } from '../domain/errors.ts';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { loadRules } from '../rules/load-rules.ts';
import { conditionRules } from '../testing/rules/arbitrary-conditions.ts';
import { openEngineRules } from '../testing/rules/engine-rules.ts';
import { openPlainRules } from '../testing/rules/plain-engine.ts';
import { filesBelow, plantedCorpus } from '../testing/rules/planted-corpus.ts';
import { reversinglabsRules, withoutReversinglabsRules } from '../testing/rules/reversinglabs.ts';

/**
 * The engine promises exactly the results of the npm package of the same version, for every file and
 * rule. Here a ruleset takes the whole path (image, restored memory, kept scanner) and is compared
 * with the package.
 */

const externals = externalsOf('/srv/in/report.final.PDF');

function assertSame(t: ExecutionContext, sources: readonly RuleSource[], payloads: Iterable<Uint8Array>): number {
  const plain = openPlainRules(sources);
  const own = openEngineRules(sources);
  let matched = 0;
  for (const payload of payloads) {
    const expected = plain(payload, externals);
    matched += expected.length;
    t.deepEqual(own.scan(payload, externals), expected);
  }
  return matched;
}

const from = (source: string, namespace = 'a.yar') => ({ namespace, source });

test('integers are read as the package reads them, at every edge and beyond the end', (t) => {
  const names = ['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'].flatMap((name) => [name, `${name}be`]);
  const offsets = [
    '-1',
    '0',
    '1',
    '3',
    'filesize - 5',
    'filesize - 4',
    'filesize - 3',
    'filesize - 2',
    'filesize - 1',
    'filesize',
    'filesize + 1',
  ];
  const far = [
    '2147483646',
    '2147483647',
    '2147483648',
    '4294967292',
    '4294967295',
    '4294967296',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775807',
  ];
  // Bit by bit, so that a wrong value cannot hide; the sign too.
  const bits = [0, 7, 8, 15, 16, 23, 24, 31, 40, 63];
  const rules = names.flatMap((name) =>
    [...offsets, ...far].flatMap((offset, place) => [
      `rule ${name}_${place}_defined { condition: defined ${name}(${offset}) }`,
      ...bits.map((bit) => `rule ${name}_${place}_bit${bit} { condition: (${name}(${offset}) >> ${bit}) & 1 == 1 }`),
    ]),
  );
  const patterned = Uint8Array.from({ length: 64 }, (_, index) => (index * 151 + 0x80) & 0xff);
  const payloads = [0, 1, 2, 3, 4, 5, 9, 64].flatMap((length) => [
    patterned.subarray(64 - length),
    new Uint8Array(length).fill(0xff),
  ]);
  t.true(assertSame(t, [from(rules.join('\n'))], payloads) > 2_000);
});

test('floats, which go through the engine, are read as the package reads them', (t) => {
  const rules = ['float32', 'float32be', 'float64', 'float64be'].flatMap((name) =>
    ['-1', '0', '1', 'filesize - 8', 'filesize - 4', 'filesize'].map(
      (offset, place) => `rule ${name}_${place} { condition: defined ${name}(${offset}) and ${name}(${offset}) > 1.0 }`,
    ),
  );
  const bytes = new Uint8Array(new Float64Array([1.5, -2.25, Number.NaN, 1e300]).buffer);
  t.true(
    assertSame(t, [from(rules.join('\n'))], [bytes, bytes.subarray(0, 9), bytes.subarray(3), new Uint8Array(3)]) > 5,
  );
});

test('patterns are counted and located as in the package, whether they match or not', (t) => {
  const patterns =
    '$a = "abc" $b = "bcd" nocase $c = { 61 ?? 63 } $d = /x[0-9]{2}y/ $e = "nowhere" $f = "wide" wide $g = "key" xor(1-255)';
  const offsets = ['0', '1', '4', '99', 'filesize - 100', 'filesize', '4294967295'];
  const ranges = ['(0..2)', '(filesize..2)', '(filesize - 100..5)', '(0..filesize)', '(filesize..filesize + 9)'];
  const counts = ['0', '1', '2', '3', '7', '8'];
  const conditions = [
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((name) => [
      `$${name}`,
      ...offsets.map((offset) => `$${name} at ${offset}`),
      ...ranges.flatMap((range) => [`$${name} in ${range}`, `#${name} in ${range} > 1`]),
      ...counts.map((count) => `#${name} == ${count}`),
      ...['1', '2', '5', 'filesize - 100', '4294967297'].flatMap((index) => [
        `defined @${name}[${index}]`,
        `@${name}[${index}] > 3`,
        `!${name}[${index}] == 3`,
      ]),
      `for any i in (1..#${name}) : (@${name}[i] > 4 and !${name}[i] < 5)`,
      `for all i in (1..3) : (defined @${name}[i])`,
    ]),
    ...counts.flatMap((count) => [
      `${count} of them`,
      `${count} of ($a, $b, $c)`,
      `${count} of ($e, $f)`,
      `${count} of them in (0..8)`,
      `${count} of ($a, $c) at 0`,
      `for ${count} of them : ($ in (1..20))`,
    ]),
    ...['any', 'all', 'none', '50%', 'filesize', '#a - 1'].flatMap((quantifier) => [
      `${quantifier} of them`,
      `${quantifier} of ($a*, $e)`,
    ]),
  ];
  const rules = conditions.map(
    (condition, index) =>
      `rule r${index} { strings: ${patterns} condition: ${condition} or (none of them and filesize < 0) }`,
  );
  const payloads = [
    '',
    'abc',
    'xxabcdABCD x12y x99y',
    'abcabcabc',
    'w\0i\0d\0e\0',
    'jdx',
    'abbadabc x00y ade'.repeat(40),
  ];
  t.true(
    assertSame(
      t,
      [from(rules.join('\n'))],
      payloads.map((text) => Buffer.from(text, 'latin1')),
    ) > 200,
  );
});

test('nothing matches at an offset beyond all addresses, at which the package traps or matches', (t) => {
  const rule = (condition: string) => [from(`rule far { strings: $a = "abc" condition: ${condition} }`)];
  const at = rule('$a at 4294967297 or $a at 9223372036854775807');
  t.throws(() => openPlainRules(at)(Buffer.from('abc'), externals), { message: /unreachable/ });
  t.deepEqual(openEngineRules(at).scan(Buffer.from('abc'), externals), []);
  const within = rule('$a in (4294967296..4294967300)');
  t.is(openPlainRules(within)(Buffer.from('abc'), externals).length, 1);
  t.deepEqual(openEngineRules(within).scan(Buffer.from('abc'), externals), []);
  const beyond = rule('$a in (0..2147483648)');
  t.is(openPlainRules(beyond)(Buffer.from('abc'), externals).length, 0);
  t.is(openEngineRules(beyond).scan(Buffer.from('abc'), externals).length, 1);
  const before = rule('$a in (0..9223372036854775807) and #a in (filesize - 100..4294967296) == 1');
  t.is(openEngineRules(before).scan(Buffer.from('abc'), externals).length, 1);
});

test('results do not depend on what was scanned before', (t) => {
  const sources = [
    from('rule b { strings: $a = "bb" condition: #a > 1 }', 'b.yar'),
    from('rule a { strings: $a = "aa" condition: $a } rule big { condition: filesize > 4 }', 'a.yar'),
  ];
  const kept = openEngineRules(sources);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('', 'aa', 'bbbb', 'aabbbb', 'bbbbbbaa'), { maxLength: 8 }), (texts) => {
      for (const text of texts) {
        const bytes = Buffer.from(text);
        t.deepEqual(kept.scan(bytes, externals), openEngineRules(sources).scan(bytes, externals));
      }
    }),
    { numRuns: 15 },
  );
});

test('modules, variables, dependent, private and global rules have the same results as in the package', (t) => {
  const source = `
    import "pe" import "elf" import "math" import "hash" import "string" import "dotnet" import "macho" import "time" import "console"
    private rule hidden { condition: uint16(0) == 0x457f }
    global rule always { condition: filesize < 100MB }
    rule needs { condition: hidden and elf.machine == elf.EM_X86_64 }
    rule sections { condition: for any section in elf.sections : ( section.name == ".text" and section.size > 100 ) }
    rule segments { condition: elf.number_of_segments > 3 and elf.entry_point > 0 }
    rule entropy { condition: math.entropy(0, filesize) > 4.0 and math.mean(0, filesize) < 200.0 }
    rule count { condition: math.count(0x00) > 10 or math.percentage(0x41) > 0.5 }
    rule md5 { condition: hash.md5(0, filesize) != "d41d8cd98f00b204e9800998ecf8427e" and hash.crc32(0, 4) > 0 }
    rule sums { condition: for 2 i in (0, 8, 16) : ( hash.checksum32(i, 8) > 500 ) }
    rule texts { condition: string.to_int("0x10") == 16 and string.length(filename) == 16 }
    rule named { condition: filename == "report.final.PDF" and extension == ".PDF" and filetype == "PDF" }
    rule path { condition: filepath icontains "IN/rep" and filename matches /final\\.[a-z]{3}$/i }
    rule is_pe { condition: pe.is_pe or pe.number_of_sections > 0 }
    rule not_pe { condition: not defined pe.number_of_sections and not pe.is_dll() }
    rule net { condition: not dotnet.is_dotnet and not defined macho.magic }
    rule clock { condition: time.now() > 1600000000 }
    rule with_values { condition: with a = uint32(0), b = uint32be(0) : ( a != b and a > 0 ) }
    rule loops { condition: for all i in (0..3) : ( uint8(i) == uint8be(i) ) }
    rule first { strings: $a = "GLIBC" $b = /lib[a-z]+\\.so/ condition: any of them and @b[1] > @a[1] - 1000000 }`;
  const payloads = [
    readFileSync('/bin/sh'),
    readFileSync(process.execPath).subarray(0, 300_000),
    Buffer.from('MZ'.padEnd(400, '\0')),
    Buffer.alloc(0),
  ];
  t.true(assertSame(t, [from(source)], payloads) > 20);
});

test('a field of a module has its value wherever a rule names it, and whatever other rules name', (t) => {
  const elf = (condition: string, name: string) => from(`import "elf" rule R { condition: ${condition} }`, name);
  const sources = [
    elf('for any s in elf.dynsym : ( s.name contains "malloc" and s.bind == elf.STB_GLOBAL )', 'loop.yar'),
    elf('with first = elf.sections[1] : ( first.name == ".interp" and first.type == elf.SHT_PROGBITS )', 'with.yar'),
    elf('elf.dynsym[3].name icontains "e" and elf.dynsym_entries > 10', 'index.yar'),
    elf('elf.import_md5() != "" and elf.telfhash() != ""', 'functions.yar'),
    elf('not defined elf.dynsym[1000000].name and not defined elf.symtab[0].name', 'undefined.yar'),
    elf('for any d in elf.dynamic : ( d.type == elf.DT_NEEDED )', 'dynamic.yar'),
    from('import "pe" rule P { condition: for any s in pe.sections : ( s.name == ".text" ) or pe.is_pe }', 'pe.yar'),
    from(
      'import "pe" rule V { condition: pe.version_info["CompanyName"] != "x" or not defined pe.signatures[0].issuer }',
      'map.yar',
    ),
  ];
  const payloads = [readFileSync('/bin/sh'), Buffer.from('MZ'.padEnd(400, '\0')), Buffer.alloc(0)];
  t.true(assertSame(t, sources, payloads) > 6);
  for (const source of sources) assertSame(t, [source], payloads);
});

test('a global rule that fails removes the matches in its file, and none in another file', (t) => {
  const payloads = ['', 'x', 'xx'].map((text) => Buffer.from(text));
  const source =
    'rule before { condition: true } global rule small { condition: filesize < 2 } rule after { condition: before }';
  assertSame(t, [from(source), from('rule other { condition: filesize >= 0 }', 'b.yar')], payloads);
});

test('random rules give the same on random files', (t) => {
  let compiled = 0;
  let matches = 0;
  const runs = Number(process.env['REARVIEW_PROPERTY_RUNS'] ?? 60);
  fc.assert(
    fc.property(conditionRules, ({ sources, payloads }) => {
      const refusal = refusalOf(() => openPlainRules(sources));
      t.is(
        refusalOf(() => openEngineRules(sources)),
        refusal,
      );
      if (refusal !== null) return;
      compiled += 1;
      matches += assertSame(t, sources, payloads);
    }),
    { numRuns: runs },
  );
  t.log(`${compiled} of ${runs} rulesets compiled; ${matches} matches`);
  t.true(compiled > runs / 2 && matches > runs);
});

test("the project's own rules give the same on its samples, documents and sources", async (t) => {
  const { files } = await loadRules(fileURLToPath(new URL('../../rules', import.meta.url)));
  const folders = ['../../docs', '../rules', '../../rules'];
  const payloads = folders.flatMap((folder) => filesBelow(fileURLToPath(new URL(folder, import.meta.url))));
  t.true(assertSame(t, files, payloads) > 5);
});

test('the public ReversingLabs rules give the same on executables with planted strings', async (t) => {
  if (reversinglabsRules === undefined) {
    t.log(withoutReversinglabsRules);
    t.pass();
    return;
  }
  const { files } = await loadRules(reversinglabsRules);
  const payloads = plantedCorpus(files.filter((_, index) => index % 7 === 0));
  const matches = assertSame(t, files, payloads);
  t.log(`${payloads.length} files: ${matches} matches`);
  t.true(matches >= 5);
});

/** Problems with the rules; null if they compile. */
function refusalOf(compile: () => unknown): string | null {
  try {
    compile();
    return null;
  } catch (error) {
    if (!hasCode(error, 'ERR_RULES_INVALID')) throw error;
    return error.message;
  }
}
