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
      return { namespace, source, path: `/${namespace}`, locate: (line) => ({ file: namespace, line }) };
    }),
  });
}

const codes = (source: string) => lint({ 'a.yar': source }).map(({ code }) => code);
const codesOf = (changes: Readonly<Record<string, string | null>>) =>
  codes(`rule a { ${meta(changes)} condition: true }`);

test('a rule with all that is asked for has no findings', (t) => {
  t.deepEqual(codesOf({}), []);
  t.deepEqual(codesOf({ status: 'staged', severity: 'Critical', date: '2024-01-31T12:00:00Z' }), []);
  t.deepEqual(codesOf({ status: 'stable' }), []);
});

test('each meta that is missing is a warning at the name of the rule', (t) => {
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

test('values that mean nothing to the pipeline are warned of', (t) => {
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

test('one name or one logic in two files is warned of at the second', (t) => {
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

test('a rule that two files include is one rule, said to be wrong once', (t) => {
  const source = `rule x_ { ${meta()} condition: true }`;
  const locate = (line: number) => ({ file: 'shared.inc', line });
  const files = ['a.yar', 'b.yar'].map((namespace) => ({ namespace, source, path: `/${namespace}`, locate }));
  t.deepEqual(
    lintRules({ files }).map(({ code, file }) => `${code} ${file}`),
    ['lint/rule-name shared.inc'],
  );
});

test('a rule that asks for the time is an error, however it does, private, global and included rules as well', (t) => {
  const uses = [
    'time.now() > 1700000000',
    'time /* a comment */ . // another\n now () > 0',
    'with t = time.now() : ( t > 0 )',
    'with clock = time : ( clock.now() > 0 )',
    'for any i in (0..time.now()) : ( i == 1 )',
    '(time).now() > 0',
  ];
  for (const condition of uses) {
    for (const kind of ['', 'private ', 'global ', 'global private ']) {
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
    source: `import "time" rule a { ${meta()} condition: time.now() > 0 }`,
  };
  t.like(lintRules({ files: [{ ...included, locate }] })[0], { code: 'lint/time', file: 'shared.inc' });
});

test('a rule that prints is warned of, once', (t) => {
  const found = lint({
    'a.yar': `import "console" rule a { ${meta()} condition: console.log("a") and console.hex(uint8(0)) }`,
  });
  t.deepEqual(
    found.map(({ code, severity, column }) => [code, severity, column]),
    [['lint/console', 'warning', 154]],
  );
});

test('a rule that uses a module without data is warned of', (t) => {
  const uses = ['not cuckoo.network.http_request(/x/)', 'cuckoo.sync.mutex(/a/) == 0', 'defined cuckoo.filesystem'];
  for (const use of uses) {
    t.deepEqual(codes(`import "cuckoo" private rule a { condition: filesize > 1 and ${use} }`), ['lint/no-data'], use);
  }
  t.deepEqual(codes('import "test_proto2" private rule a { condition: test_proto2.int32_one == 1 }'), ['lint/no-data']);
  t.deepEqual(codes('import "cuckoo" private rule a { condition: filesize > 1 }'), []);
});

test('a set of rules by prefix is an error that says which rules it stands for', (t) => {
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
    'error 35 Rules of that prefix are in b.yar only, and a rule sees the rules before it in its own file: move them there and name each',
    'error 39 No rule before a in this file has that prefix',
  ]);
  t.deepEqual(messages({ 'a.yar': `${rule('P1', 'any of (P*)')} ${rule('P2', 'true')}` }), [
    'error 38 No rule before P1 in this file has that prefix',
  ]);
  t.deepEqual(messages({ 'a.yar': 'private rule a { strings: $P1 = "x" condition: any of ($P*) }' }), []);
});

test('words that only look like a module of the clock or the console are nothing to speak of', (t) => {
  t.deepEqual(
    codes(`import "time" import "console" import "pe" rule a { ${meta({ description: 'time.now() console.log()' })}
      strings: $time = "time.now()" $c = /console.log/ condition: $time and $c and pe.time > 0 // time.now()
    }`),
    [],
  );
  t.deepEqual(codes(`rule time { ${meta()} condition: filesize > 1 } rule b { ${meta()} condition: time }`), []);
});

test('what does not parse is left to the engine', (t) => {
  t.deepEqual(codes('rule a { condition: }'), []);
});
