import test from 'ava';
import { lintRules } from './lint-rules.ts';

const meta = (changes: Readonly<Record<string, string | null>> = {}) => {
  const fields = {
    ...{ description: 'Finds x', author: 'me', date: '2024-02-29', reference: 'https://example.org', severity: 'high' },
    ...changes,
  };
  return `meta: ${Object.entries(fields)
    .flatMap(([key, value]) => (value === null ? [] : [`${key} = "${value}"`]))
    .join(' ')}`;
};

function lint(files: Readonly<Record<string, string>>) {
  return lintRules({
    files: Object.entries(files).map(([namespace, source]) => {
      return {
        namespace,
        source,
        path: `/${namespace}`,
        included: [],
        problems: [],
        locate: (line) => ({ file: namespace, line }),
      };
    }),
  });
}

const codes = (source: string) => lint({ 'a.yar': source }).map(({ code }) => code);
const codesOf = (changes: Readonly<Record<string, string | null>>) =>
  codes(`rule a { ${meta(changes)} condition: true }`);

test('a rule with all required meta has no diagnostics', (t) => {
  t.deepEqual(codesOf({}), []);
  t.deepEqual(codesOf({ status: 'staged', severity: 'Critical', date: '2024-01-31T12:00:00Z' }), []);
  t.deepEqual(codesOf({ status: 'stable' }), []);
});

test('each missing meta is a warning at the name of the rule', (t) => {
  const found = lint({ 'x/a.yar': '\n  rule a { condition: true }' });
  t.deepEqual(
    found.map(({ code }) => code),
    ['description', 'author', 'date', 'reference', 'severity'].map((name) => `lint/meta-${name}`),
  );
  t.like(found[0], { severity: 'warning', file: 'x/a.yar', line: 2, column: 8 });
});

test('private rules need no meta', (t) => {
  t.deepEqual(codes('private rule a { condition: true }'), []);
});

test('values that the pipeline does not know cause warnings', (t) => {
  t.deepEqual(codesOf({ severity: 'urgent' }), ['lint/severity']);
  t.deepEqual(codesOf({ status: 'RELEASED' }), ['lint/status']);
  for (const date of ['2023-02-29', '29.02.2024', '2024-1-1', '2024', '2024-13-01', '2024-01-01T99:00']) {
    t.deepEqual(codesOf({ date }), ['lint/date'], date);
  }
});

test('names are words with single underscores between them', (t) => {
  const ofName = (name: string) => codes(`private rule ${name} { condition: true }`);
  for (const name of ['Win32_Trojan_Emotet', 'cert_blocklist_05e2', 'a']) t.deepEqual(ofName(name), [], name);
  for (const name of ['_a', 'a__b', 'a_']) t.deepEqual(ofName(name), ['lint/rule-name'], name);
});

test('a repeated name or logic in two files causes a warning at the second', (t) => {
  const found = lint({
    'a.yar': `rule x { ${meta()} condition: true }`,
    'b.yar': `rule x { ${meta()} condition: filesize > 1 } rule y { ${meta()} condition: true }`,
  });
  t.deepEqual(
    found.map(({ code, file, message }) => [code, file, /a\.yar:x/.test(message)]),
    [
      ['lint/duplicate-name', 'b.yar', true],
      ['lint/duplicate-logic', 'b.yar', true],
    ],
  );
});

test('private rules may be equal in several files, because each file sees only its own', (t) => {
  const helper = 'private rule Is_Elf { condition: uint32(0) == 0x464c457f }';
  const using = (name: string, size: number) => `rule ${name} { ${meta()} condition: Is_Elf and filesize > ${size} }`;
  t.deepEqual(lint({ 'a.yar': `${helper} ${using('A', 1)}`, 'b.yar': `${helper} ${using('B', 2)}` }), []);
  // A public rule with that name alerts, and no other does.
  t.deepEqual(lint({ 'a.yar': helper, 'b.yar': `rule Is_Elf { ${meta()} condition: filesize > 1 }` }), []);
  t.deepEqual(codes('private rule a { condition: filesize > 1 } private rule b { condition: filesize > 1 }'), [
    'lint/duplicate-logic',
  ]);
});

test('a comment suppresses a warning above its rule, on its line and above its line', (t) => {
  const bad = (name: string) => `rule ${name} { ${meta()} condition: filesize > 1 }`;
  t.deepEqual(codes(`// suppress: lint/rule-name -- old\n${bad('a_')}`), []);
  t.deepEqual(codes(`/* why: suppress: slow_pattern, lint/date , lint/rule-name -- old */ ${bad('a_')}`), [
    'lint/unused-suppression',
  ]);
  t.deepEqual(codes(`${bad('a_')} // suppress: lint/rule-name -- old`), []);
  t.deepEqual(
    codes(`rule a {\n meta: description = "d" author = "a" reference = "r" severity = "low"\n // suppress: lint/date\n
      date = "yesterday"\n condition: filesize > 1 }`),
    ['lint/date', 'lint/unused-suppression'],
  );
  t.deepEqual(
    codes(`rule a {\n // suppress: lint/date -- old\n meta: description = "d" author = "a" reference = "r" severity = "low"
      date = "yesterday"\n condition: filesize > 1 }`),
    [],
  );
});

test('a comment suppresses only the named codes, and only where it is valid', (t) => {
  const bad = (name: string) => `rule ${name} { ${meta()} condition: filesize > 1 }`;
  const found = lint({
    'a.yar': `// suppress: lint/rule-name\n${bad('a')}\nrule b_ { ${meta({ date: null })} condition: filesize > 2 }\n// suppress: lint/no-such, lint/date`,
  });
  t.deepEqual(
    found.map(({ code, line }) => `${code} ${line}`),
    [
      'lint/meta-date 3',
      'lint/rule-name 3',
      'lint/unused-suppression 1',
      'lint/unused-suppression 4',
      'lint/unused-suppression 4',
    ],
  );
  t.deepEqual(codes(`rule a_ { ${meta({ author: '// suppress: lint/rule-name' })} condition: filesize > 1 }`), [
    'lint/rule-name',
  ]);
});

test('an error is not suppressed, and its message states that', (t) => {
  const [found, ...others] = lint({
    'a.yar': `import "time"\n// suppress: lint/time\nrule a { ${meta()} condition: time.now() > 1 }`,
  });
  t.like(found, { severity: 'error', code: 'lint/time' });
  t.regex(found?.message ?? '', /An error cannot be suppressed: remove the comment$/);
  t.deepEqual(others, []);
});

test('a comment in an included file is used if one of the including files has the warning', (t) => {
  const source = `rule a { ${meta()} condition: filesize > 1 }\n// suppress: lint/duplicate-logic -- both are known\nrule b { ${meta()} condition: filesize > 1 }`;
  const locate = (line: number) => ({ file: 'shared.inc', line });
  const files = ['a.yar', 'b.yar'].map((namespace) => ({
    namespace,
    source,
    path: `/${namespace}`,
    included: [],
    problems: [],
    locate,
  }));
  t.deepEqual(lintRules({ files }), []);
});

test('including a rule file with public rules causes a warning at that file', (t) => {
  const file = (namespace: string, source: string, suppressed: readonly string[] = []) => ({
    ...{ namespace, source, path: `/${namespace}`, locate: (line: number) => ({ file: namespace, line }) },
    problems: [],
    included: [
      { namespace: 'public.yar', place: { file: namespace, line: 1, column: 3 }, suppressed },
      { namespace: 'private.yar', place: { file: namespace, line: 2, column: 1 }, suppressed },
    ],
  });
  const others = [
    { ...file('public.yar', `rule p { ${meta()} condition: filesize > 1 }`), included: [], problems: [] },
    { ...file('private.yar', 'private rule q { condition: filesize > 1 }'), included: [], problems: [] },
  ];
  const found = lintRules({ files: [file('a.yar', ''), ...others] });
  t.like(found, [{ severity: 'warning', code: 'lint/included-rule-file', file: 'a.yar', line: 1, column: 3 }]);
  t.regex(found[0]?.message ?? '', /public\.yar is itself a rule file.* a\.yar .*\.inc/);
  t.deepEqual(lintRules({ files: [file('a.yar', '', ['lint/included-rule-file']), ...others] }), []);
});

test('a rule that two files include counts as one rule with one diagnostic', (t) => {
  const source = `rule x_ { ${meta()} condition: true }`;
  const locate = (line: number) => ({ file: 'shared.inc', line });
  const files = ['a.yar', 'b.yar'].map((namespace) => ({
    namespace,
    source,
    path: `/${namespace}`,
    included: [],
    problems: [],
    locate,
  }));
  t.deepEqual(
    lintRules({ files }).map(({ code, file }) => `${code} ${file}`),
    ['lint/rule-name shared.inc'],
  );
});

test('a rule that uses the current time is an error in every form, including private, global and included rules', (t) => {
  const uses = [
    'time.now() > 1700000000',
    'time /* a comment */ . // another\n now () > 0',
    'with t = time.now() : ( t > 0 )',
    'with clock = time : ( clock.now() > 0 )',
    'for any i in (0..time.now()) : ( i == 1 )',
    '(time).now() > 0',
  ];
  for (const condition of uses) {
    for (const kind of ['', 'private ', 'private global ', 'global private ']) {
      const found = lint({
        'a.yar': `import "time"\n${kind}rule a { ${meta()} condition: filesize > 1 or ${condition} }`,
      });
      t.deepEqual(
        found.map(({ code, severity, line }) => [code, severity, line]),
        [['lint/time', 'error', 2]],
        condition,
      );
    }
  }
  t.deepEqual(codes(`import "t\\x69me" rule a { ${meta()} condition: time.now() > 0 }`), ['lint/time']);
  t.deepEqual(codes(`rule a { ${meta()} condition: time.now() > 0 } import "time"`), ['lint/time']);
  const locate = (line: number) => ({ file: 'shared.inc', line });
  const included = {
    namespace: 'a.yar',
    path: '/a.yar',
    included: [],
    problems: [],
    source: `import "time" rule a { ${meta()} condition: time.now() > 0 }`,
  };
  t.like(lintRules({ files: [{ ...included, locate }] })[0], { code: 'lint/time', file: 'shared.inc' });
});

test('a rule that prints causes one warning', (t) => {
  const found = lint({
    'a.yar': `import "console" rule a { ${meta()} condition: console.log("a") and console.hex(uint8(0)) }`,
  });
  t.deepEqual(
    found.map(({ code, severity, column }) => [code, severity, column]),
    [['lint/console', 'warning', 154]],
  );
});

test('a rule that uses a module without data causes a warning', (t) => {
  const uses = ['not cuckoo.network.http_request(/x/)', 'cuckoo.sync.mutex(/a/) == 0', 'defined cuckoo.filesystem'];
  for (const use of uses) {
    t.deepEqual(codes(`import "cuckoo" private rule a { condition: filesize > 1 and ${use} }`), ['lint/no-data'], use);
  }
  t.deepEqual(codes('import "test_proto2" private rule a { condition: test_proto2.int32_one == 1 }'), ['lint/no-data']);
  t.deepEqual(codes('import "cuckoo" private rule a { condition: filesize > 1 }'), []);
});

test('a set of rules by prefix is an error that lists the rules it stands for', (t) => {
  const messages = (files: Readonly<Record<string, string>>) =>
    lint(files)
      .filter(({ code }) => code === 'lint/rule-set')
      .map(({ severity, message, column }) => `${severity} ${column} ${message.split('. ')[1]}`);
  const rule = (name: string, condition: string) => `private rule ${name} { condition: ${condition} }`;
  t.deepEqual(messages({ 'a.yar': `${rule('P1', 'true')} ${rule('P2', 'true')} ${rule('a', 'any of (P*)')}` }), [
    'error 109 Name each rule: (P1, P2)',
  ]);
  const apart = { 'a.yar': rule('a', '1 of (P*, Q*)'), 'b.yar': rule('P1', 'filesize > 1') };
  t.deepEqual(messages(apart), [
    'error 35 Rules with that prefix are only in b.yar, and a rule sees only the rules before it in its own file: move them there and name each',
    'error 39 No rule before a in this file has that prefix',
  ]);
  t.deepEqual(messages({ 'a.yar': `${rule('P1', 'any of (P*)')} ${rule('P2', 'true')}` }), [
    'error 38 No rule before P1 in this file has that prefix',
  ]);
  t.deepEqual(messages({ 'a.yar': 'private rule a { strings: $P1 = "x" condition: any of ($P*) }' }), []);
});

test('words that only resemble the clock or console module cause no diagnostic', (t) => {
  t.deepEqual(
    codes(`import "time" import "console" import "pe" rule a { ${meta({ description: 'time.now() console.log()' })}
      strings: $time = "time.now()" $c = /console.log/ condition: $time and $c and pe.time > 0 // time.now()
    }`),
    [],
  );
  t.deepEqual(codes(`rule time { ${meta()} condition: filesize > 1 } rule b { ${meta()} condition: time }`), []);
});

test('a global rule that is not private causes a warning', (t) => {
  const rule = (modifiers: string) => `${modifiers} rule a { ${meta()} condition: filesize < 1MB }`;
  t.deepEqual(codes(rule('global')), ['lint/global-alerts']);
  for (const modifiers of ['private global', 'global private', 'private', '']) t.deepEqual(codes(rule(modifiers)), []);
});

test('the engine reports what does not parse', (t) => {
  t.deepEqual(codes('rule a { condition: }'), []);
});

test('a comment that suppresses a warning without a reason is a warning', (t) => {
  const bad = `rule a_ { ${meta()} condition: filesize > 1 }`;
  t.deepEqual(codes(`// suppress: lint/rule-name\n${bad}`), ['lint/suppress-reason']);
  t.deepEqual(codes(`// suppress: lint/rule-name --\n${bad}`), ['lint/suppress-reason']);
  t.deepEqual(codes(`/* suppress: lint/rule-name -- as the vendor\n names it */ ${bad}`), []);
});

test('rules that match the same are reported although their strings have other names and another order', (t) => {
  const rule = (name: string, strings: string, condition: string) =>
    `rule ${name} { ${meta()} strings: ${strings} condition: ${condition} }`;
  const one = rule('One', '$a = "abcd" $b = { 61 62 ?? 64 }', 'filesize < 1MB and any of them');
  const twins = (other: string) => lint({ 'a.yar': one, 'b.yar': other }).map(({ code, line }) => `${code} ${line}`);
  t.deepEqual(twins(rule('Two', '$x = { 61 62 ?? 64 } $y = "abcd"', 'filesize < 1MB and any of them')), [
    'lint/duplicate-logic 1',
  ]);
  t.deepEqual(twins(rule('Two', '$x = { 61 62 ?? 64 } $y = "abcd"', '1 of ($x, $y) and filesize < 1048576')), []);
  t.deepEqual(twins(rule('Two', '$x = { 61 62 ?? 64 } $y = "abcd"', 'filesize < 1MB and all of them')), []);
  t.deepEqual(twins(rule('Two', '$x = "abcd" nocase $y = { 61 62 ?? 64 }', 'filesize < 1MB and any of them')), []);
  t.deepEqual(twins(`private global rule G { ${meta()} condition: filesize > 5 } ${one.replace('One', 'Two')}`), []);
});
