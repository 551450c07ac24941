import test from 'ava';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import { zipOf } from '../../../testing/specimens/zip-of.ts';

const rules = {
  'rules/a.yar': `rule Mail_Lure {
  strings:
    $a = "invoice" nocase
    $b = "\\x1b[2J"
  condition:
    $a and (filesize < 10 or $b at 0)
}`,
  'rules/b/c.yar': 'rule Twice { condition: true }',
  'rules/d.yar': 'rule Twice { condition: scale > 2 }\nrule By_Name { condition: filename == "real.exe" }',
  'rules/broken.yar': 'rule Broken { condition: nothing }',
  'rearview.yaml': 'variables:\n  scale: 1\n',
};

test('rules explain shows strings, parts, values and the parts that decide', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'mail.txt': 'Your INVOICE is here' });
  const { code, stdout, stderr } = await cli.run('rules', 'explain', 'Mail_Lure', 'mail.txt');
  t.is(code, 0, stderr);
  t.is(
    stdout,
    [
      '✗ a.yar:Mail_Lure does not match mail.txt',
      '',
      'strings',
      '  ✓ $a = "invoice" nocase',
      '      0x5 (7) INVOICE',
      '  ✗ $b = "\\x1b[2J"',
      '',
      'condition',
      '  ✗ and',
      '    ✓ $a',
      '    ✗ or',
      '      ✗ filesize < 10  (filesize = 20)  ← decides',
      '      ✗ $b at 0  ← decides',
      '',
      'decides: filesize < 10; $b at 0',
      '',
    ].join('\n'),
  );
  const [json] = (await cli.run('rules', 'explain', 'a.yar:Mail_Lure', 'mail.txt', '--json')).lines;
  t.like(json, {
    path: 'mail.txt',
    rule: 'a.yar:Mail_Lure',
    line: 1,
    matches: false,
    deciding: ['filesize < 10', '$b at 0'],
  });
});

test('rules explain takes variables and another path', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.bin': 'x' });
  t.regex((await cli.run('rules', 'explain', 'd.yar:Twice', 'x.bin')).stdout, /✗ scale > 2 {2}\(scale = 1\)/);
  const defined = await cli.run('rules', 'explain', 'd.yar:Twice', 'x.bin', '--define', 'scale=7');
  t.regex(defined.stdout, /✓ scale > 2 {2}\(scale = 7\)/);
  const named = await cli.run('rules', 'explain', 'By_Name', 'x.bin', '--filepath', 'C:\\in\\real.exe');
  t.regex(named.stdout, /✓ filename == "real.exe" {2}\(filename = real.exe\)/);
  const one = await cli.run('rules', 'explain', 'By_Name', 'x.bin', '--rules', 'rules/d.yar');
  t.regex(one.stdout, /^✗ d\.yar:By_Name/);
});

test('rules explain names the rule or file that it cannot use', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.bin': 'x' });
  const unknown = await cli.run('rules', 'explain', 'Mail_Luer', 'x.bin');
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /Unknown rule "Mail_Luer"\. Similar names:\n {2}a\.yar:Mail_Lure/);
  const twice = await cli.run('rules', 'explain', 'Twice', 'x.bin');
  t.is(twice.code, 2);
  t.regex(twice.stderr, /Several rules are named "Twice": name the file too\.\n {2}b\/c\.yar:Twice\n {2}d\.yar:Twice/);
  const broken = await cli.run('rules', 'explain', 'Broken', 'x.bin');
  t.is(broken.code, 1);
  t.regex(broken.stderr, /rules\/broken\.yar:1:26: error: /);
  const missing = await cli.run('rules', 'explain', 'Mail_Lure', 'none.bin');
  t.deepEqual([missing.code, /none\.bin: it does not exist/.test(missing.stderr)], [2, true]);
  const large = await cli.run('rules', 'explain', 'Mail_Lure', 'x.bin', '--max-size', '0');
  t.deepEqual([large.code, /larger than 0 bytes/.test(large.stderr)], [2, true]);
});

test('a rule is explained though others of its file do not compile, and itself only if it compiles', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/mixed.yar': `rule Bad { condition: thor }
rule Needs { condition: Bad }
rule Good { strings: $a = "good" condition: $a }`,
    sample: 'good',
  });
  const good = await cli.run('rules', 'explain', 'Good', 'sample');
  t.is(good.code, 0, good.stderr);
  t.regex(good.stdout, /matches sample/);
  for (const [name, message] of [
    ['Bad', /^rules\/mixed\.yar:1:23: error: unknown identifier `thor`/],
    ['Needs', /^rules\/mixed\.yar:2:25: error: .*Bad/],
  ] as const) {
    const { code, stderr } = await cli.run('rules', 'explain', name, 'sample');
    t.is(code, 1);
    t.regex(stderr, message);
  }
});

test('a set of many strings shows those that decide', async (t) => {
  const cli = await createTestCli(t);
  const strings = Array.from({ length: 40 }, (_, index) => `$s${index} = "text ${index} end"`).join('\n');
  await cli.write({
    'rules/m.yar': `rule Many { strings: ${strings} condition: 2 of them }`,
    x: 'text 31 end, text 38 end',
  });
  const { stdout } = await cli.run('rules', 'explain', 'Many', 'x');
  t.regex(
    stdout,
    /✓ 2 of them\n {4}✓ \$s31 {2}← decides\n {4}✓ \$s38 {2}← decides\n {4}… 38 more parts: none of them decides/,
  );
  t.regex(stdout, /… 26 more strings without a match/);
});

test('rules explain names the members that match, and explains one', async (t) => {
  const cli = await createTestCli(t);
  const inner = zipOf({ 'real.exe': 'Your INVOICE' }, 8);
  await cli.write({ ...rules, 'x.zip': zipOf({ 'other.txt': 'Your INVOICE is here', 'inner.zip': inner }, 8) });
  const outer = await cli.run('rules', 'explain', 'By_Name', 'x.zip');
  t.regex(
    outer.stdout,
    /3 members inside\n {2}✓ matches inner\.zip > real\.exe\nexplain a member with --member "inner\.zip > real\.exe"\n$/,
  );
  const [json] = (await cli.run('rules', 'explain', 'By_Name', 'x.zip', '--json')).lines;
  t.like(json, {
    matches: false,
    inside: { scanned: 3, membersTotal: 1, members: [{ place: ['inner.zip', 'real.exe'] }] },
  });
  const none = await cli.run('rules', 'explain', 'Mail_Lure', 'x.zip');
  t.regex(none.stdout, /3 members inside: it matches none of them\n$/);
  const member = await cli.run('rules', 'explain', 'By_Name', 'x.zip', '--member', 'inner.zip > real.exe');
  t.regex(member.stdout, /^✓ d\.yar:By_Name matches x\.zip > inner\.zip > real\.exe\n/);
  const missing = await cli.run('rules', 'explain', 'Mail_Lure', 'x.zip', '--member', 'inner.zip > rael.exe');
  t.is(missing.code, 2);
  t.regex(
    missing.stderr,
    /Unknown member "inner\.zip > rael\.exe" of x\.zip\. Similar names:\n {2}inner\.zip > real\.exe/,
  );
});

test('rules explain reports that a file that is not a container has no members', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...rules, 'x.bin': 'x' });
  t.notRegex((await cli.run('rules', 'explain', 'By_Name', 'x.bin')).stdout, /inside/);
  const { code, stderr } = await cli.run('rules', 'explain', 'By_Name', 'x.bin', '--member', 'a');
  t.is(code, 2);
  t.regex(stderr, /Unknown member "a" of x\.bin\. Nothing in it can be opened/);
});

test('rules explain without a file shows what any file must have', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/a.yar': `import "pe"
      rule Lure { strings: $a = "invoice" $b = { 4D 5A 9? } condition: $b at 0 and $a and filesize < 2MB and pe.is_dll() }
      rule Short { strings: $a = "abc" $b = /[0-9a-f]{32}/ condition: any of them }`,
  });
  const { code, stdout, stderr } = await cli.run('rules', 'explain', 'Lure');
  t.is(code, 0, stderr);
  t.is(
    stdout,
    [
      'a.yar:Lure reads the files that may have its strings',
      '',
      'needs',
      '  all of',
      '    { 4d 5a (16 values) } at 0',
      '    "invoice"',
      '    filesize < 2097152 (0x200000)',
      '    "MZ" at 0',
      '',
    ].join('\n'),
  );
  t.is((await cli.run('rules', 'explain', 'Short')).stdout, 'a.yar:Short reads everything: `$a` has three bytes\n');
  const [json] = (await cli.run('rules', 'explain', 'Short', '--json')).lines;
  t.like(json, { rule: 'a.yar:Short', narrowing: { kind: 'nothing', reasons: ['`$a` has three bytes'] } });
});

test('rules check --verbose lists the rules that an index cannot narrow', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/a.yar': `rule Narrow { strings: $a = "invoice" condition: $a }
rule Wide { strings: $a = "invoice" condition: not $a }`,
  });
  const { stderr } = await cli.run('rules', 'check', '--verbose');
  t.regex(stderr, /^rules\/a\.yar:2: note: Wide reads everything: what must not be there narrows nothing$/m);
  t.notRegex(stderr, /Narrow/);
  t.notRegex((await cli.run('rules', 'check')).stderr, /reads everything/);
});
