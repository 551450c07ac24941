import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { RearviewError } from '../../domain/errors.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { parseBinaryAlertSources, parseSources, readSources } from './read-sources.ts';
import { takesFile, takesRule } from './source-filter.ts';

const read = (text: string) => parseSources('rules/sources.yaml', text);
const said = (text: string, parse = read): readonly string[] => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof RearviewError && error.code === 'ERR_CONFIG') return error.lines;
    throw error;
  }
  return [];
};
const one = (more: string) => `sources:\n  a:\n    url: https://example.com/a\n    ${more}\n`;

test('a source has defaults for everything but its URL, and its rules are staged', (t) => {
  const none = { include: [], exclude: [] };
  t.deepEqual(read('sources:\n  signature-base:\n    url: https://github.com/Neo23x0/signature-base\n'), [
    {
      ...{ name: 'signature-base', url: 'https://github.com/Neo23x0/signature-base', ref: null, licence: null },
      ...{ files: none, rules: none, tags: none, state: 'staged', namespace: 'signature-base', severity: null },
      ...{ meta: { severity: [] }, budget: null },
    },
  ]);
});

test('every key of a source is read', (t) => {
  const [source] = read(`sources:
  base:
    url: git@github.com:Neo23x0/signature-base.git
    tag: v2.0
    licence: DRL-1.1
    state: active
    namespace: neo
    severity: low
    budget: 12.5
    files: { include: [yara/], exclude: ["*_old.yar"] }
    rules: { exclude: [SUSP_*] }
    tags: { include: [APT] }
    meta:
      severity:
        - from: score
          map: { "*": low, ">=80": critical, 5: medium, ">= 60": high }
        - { from: threat_level, map: { High: high } }
`);
  t.deepEqual(source, {
    ...{ name: 'base', url: 'git@github.com:Neo23x0/signature-base.git', ref: { kind: 'tag', name: 'v2.0' } },
    ...{ licence: 'DRL-1.1', state: 'active', namespace: 'neo', severity: 'low', budget: 12.5 },
    files: { include: ['yara/'], exclude: ['*_old.yar'] },
    rules: { include: [], exclude: ['SUSP_*'] },
    tags: { include: ['APT'], exclude: [] },
    meta: {
      severity: [
        {
          from: 'score',
          cases: [
            { when: { kind: 'value', value: '5' }, severity: 'medium' },
            { when: { kind: 'number', operator: '>=', number: 80 }, severity: 'critical' },
            { when: { kind: 'number', operator: '>=', number: 60 }, severity: 'high' },
            { when: { kind: 'any' }, severity: 'low' },
          ],
        },
        { from: 'threat_level', cases: [{ when: { kind: 'value', value: 'high' }, severity: 'high' }] },
      ],
    },
  });
});

test('an empty file has no sources', (t) => {
  for (const text of ['', '# none yet\n', 'sources: {}']) t.deepEqual(read(text), [], text);
});

test('each error names the file, the line, the column and the key', (t) => {
  const at = 'rules/sources.yaml:4:5: error: sources.a';
  t.deepEqual(said(one('brunch: main')), [
    `${at}.brunch is not a known key: check its spelling and indentation, or remove it. [sources/spec]`,
  ]);
  t.deepEqual(said('sources:\n  a:\n    branch: main\n'), [
    'rules/sources.yaml:3:5: error: sources.a.url is missing. [sources/spec]',
  ]);
  t.deepEqual(said(one('state: loud')), [`${at}.state must be one of active, staged, off. [sources/spec]`]);
  t.deepEqual(said(one('severity: bad')), [
    `${at}.severity must be one of low, medium, high, critical. [sources/spec]`,
  ]);
  t.deepEqual(said(one('budget: 0')), [`${at}.budget must be above 0. [sources/spec]`]);
  t.deepEqual(said(one('budget: low')), [`${at}.budget must be a number, such as 20. [sources/spec]`]);
  t.regex(said('sources:\n  a: {\n')[0] ?? '', /^rules\/sources\.yaml:3:1: error: Invalid YAML/);
  t.deepEqual(said('- a'), [
    'rules/sources.yaml:1:1: error: The file must be a mapping with the key sources. [sources/spec]',
  ]);
  t.deepEqual(said(one('commit: abc123')), [
    `${at}.commit must be the full hash of a commit: 40 (or 64) hexadecimal digits, in quotes if all are decimal. [sources/spec]`,
  ]);
  t.deepEqual(said(one('branch: main\n    tag: v1')), [
    'rules/sources.yaml:5:5: error: sources.a.tag is given together with branch: keep one of branch, tag and commit. [sources/spec]',
  ]);
});

test('addresses of other protocols, with logins or with options are refused', (t) => {
  const withUrl = (url: string) => said(`sources: { a: { url: ${JSON.stringify(url)} } }`);
  for (const good of [
    ...[
      'https://github.com/a/b',
      'https://example.com:8443/a.git',
      'ssh://git@example.com:22/a',
      'git@example.com:a/b.git',
    ],
    ...['file:///srv/rules', '/srv/rules', './rules', '../rules', 'C:\\rules', 'https://[::1]/a'],
  ]) {
    t.deepEqual(withUrl(good), [], good);
  }
  for (const bad of [
    ...[
      'ext::sh -c id',
      '-oProxyCommand=id',
      '--upload-pack=id',
      'ssh://-oProxyCommand=id/a',
      'git@-oProxyCommand=id:a',
    ],
    ...['http://example.com/a', 'git://example.com/a', 'ftp://example.com/a', 'fd::17', 'ext::https://example.com/a'],
    ...['https://token@example.com/a', 'https://a:b@example.com/a', 'ssh://a:b@example.com/a'],
    ...[
      'https://example.com/a\nb',
      'rules',
      'github.com/a/b',
      '',
      'file://host/a',
      'git@example.com:-a',
      'transport::/a',
    ],
  ]) {
    t.is(withUrl(bad).length, 1, bad);
  }
});

test('names of refs and folders cannot be options or lead elsewhere', (t) => {
  for (const bad of ['-x', '..', 'a..b', 'a b', 'a:b', 'a^', 'a.lock', '/a', 'a/', '@', 'a@{1}', '', '.a', 'a/.b']) {
    t.is(said(one(`branch: ${JSON.stringify(bad)}`)).length, 1, bad);
  }
  for (const bad of ['..', '.git', 'a/b', 'a\\b', '-a', '', 'con', 'NUL.x', 'a.', 'a b', 'x'.repeat(65), 'ä']) {
    t.is(said(one(`namespace: ${JSON.stringify(bad)}`)).length, 1, bad);
    t.true(said(`sources: { ${JSON.stringify(bad)}: { url: https://example.com/a } }`).length > 0, bad);
  }
});

test('two sources cannot have one folder, nor folders that differ only in case', (t) => {
  const [line] = said(
    'sources:\n  a: { url: https://example.com/a }\n  b: { url: https://example.com/b, namespace: A }\n',
  );
  t.regex(line ?? '', /^rules\/sources\.yaml:3:3: error: sources\.b has the same folder as a/);
});

test('a mapping with keys that mean nothing or never apply is refused', (t) => {
  const withMap = (map: string) => said(one(`meta: { severity: { from: score, map: ${map} } }`));
  t.regex(withMap('{ "> x": low }')[0] ?? '', /map\.> x is not a condition/);
  t.regex(withMap('{ "": low }')[0] ?? '', /is not a condition/);
  t.regex(withMap('{ ">=40": low, ">=80": high }')[0] ?? '', /map\.>=80 never applies because ">=40" comes first/);
  t.regex(withMap('{ 5: low, "5.0": high }')[0] ?? '', /never applies/);
  t.regex(withMap('{ high: low, HIGH: high }')[0] ?? '', /never applies/);
  t.deepEqual(withMap('{ ">=80": high, ">=40": low, "<10": low, "<=20": medium }'), []);
});

test("BinaryAlert's sources are active, named after their repositories", (t) => {
  const sources = parseBinaryAlertSources(
    'rules/rule_sources.json',
    JSON.stringify({
      repos: [
        { url: 'https://github.com/Neo23x0/signature-base.git', include: ['yara/*'] },
        { url: 'https://github.com/YARA-Rules/rules.git', include: ['CVE_Rules/*'], exclude: ['*_old.yar'] },
        { url: 'https://github.com/another/rules.git' },
      ],
    }),
  );
  t.deepEqual(
    sources.map(({ name, namespace, state }) => [name, namespace, state].join(' ')),
    [
      'signature-base signature-base active',
      'YARA-Rules-rules YARA-Rules-rules active',
      'another-rules another-rules active',
    ],
  );
  const [, second, third] = sources;
  if (second === undefined || third === undefined) return t.fail();
  t.true(takesFile(second, 'CVE_Rules/a.yar'));
  t.true(takesFile(second, 'CVE_Rules/deep/a.yar'));
  t.false(takesFile(second, 'CVE_Rules/deep/a_old.yar'));
  t.false(takesFile(second, 'x/CVE_Rules/a.yar'));
  t.true(takesFile(third, 'any/a.yar'));
});

test("patterns of BinaryAlert match what Python's fnmatch matches", (t) => {
  const regexOf = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  const part = fc.constantFrom('a', 'b', '/', '*', '?', 'ab');
  const pattern = fc.array(part, { maxLength: 5 }).map((parts) => `${parts.join('')}.yar`);
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'abb'), { minLength: 1, maxLength: 4 })
    .map((parts) => `${parts.join('/')}.yar`);
  fc.assert(
    fc.property(pattern, path, (given, file) => {
      fc.pre(!/^\/|\/\/|\/\./.test(given));
      const [source] = parseBinaryAlertSources('x', JSON.stringify({ repos: [{ url: '/a', include: [given] }] }));
      t.is(source !== undefined && takesFile(source, file), regexOf(given).test(file), `${given} ${file}`);
    }),
  );
});

test("patterns that BinaryAlert's format cannot say here are refused with their place", (t) => {
  const parse = (text: string) => parseBinaryAlertSources('rule_sources.json', text);
  const with_ = (pattern: string) => said(`{"repos": [{"url": "/a",\n "include": ["${pattern}"]}]}`, parse);
  t.regex(with_('yara/[ab]*')[0] ?? '', /^rule_sources\.json:2:\d+: error: repos\[0\]\.include\[0\] has a set/);
  t.regex(with_('yara')[0] ?? '', /matches no rule file/);
  t.regex(with_('../*')[0] ?? '', /is not a pattern/);
  t.regex(said('{"repos": [{"url": "ext::id"}]}', parse)[0] ?? '', /repos\[0\]\.url is not an address/);
});

test('rules are taken by name and by tag', (t) => {
  const filters = {
    rules: { include: ['APT_*'], exclude: ['*_Generic'] },
    tags: { include: ['FILE', 'MEM*'], exclude: ['TEST'] },
  };
  const takes = (name: string, ...tags: string[]) => takesRule(filters, { name, tags });
  t.true(takes('APT_A', 'FILE'));
  t.true(takes('APT_A', 'X', 'MEMORY'));
  t.false(takes('APT_A'));
  t.false(takes('APT_A', 'FILE', 'TEST'));
  t.false(takes('APT_Generic', 'FILE'));
  t.false(takes('apt_A', 'FILE'));
  const all = { include: [], exclude: [] };
  t.true(takesRule({ rules: all, tags: all }, { name: 'A', tags: [] }));
});

test('the files of a rules folder are read, and a folder without them has no sources', async (t) => {
  const dir = join(tempFolder(t), 'rules');
  t.deepEqual(await readSources(dir), []);
  mkdirSync(dir);
  t.deepEqual(await readSources(dir), []);
  writeFileSync(join(dir, 'sources.yaml'), '\ufeffsources: { b: { url: /b } }\n');
  writeFileSync(join(dir, 'rule_sources.json'), '{"repos": [{"url": "https://example.com/a.git"}]}');
  t.deepEqual(
    (await readSources(dir)).map(({ name }) => name),
    ['b', 'a'],
  );
  writeFileSync(join(dir, 'sources.yaml'), 'sources: { x: { url: /b, namespace: A } }\n');
  await t.throwsAsync(readSources(dir), { message: /both have the source x/ });
});

test('a link out of the rules folder is not read', async (t) => {
  const dir = tempFolder(t);
  mkdirSync(join(dir, 'rules'));
  writeFileSync(join(dir, 'secret.yaml'), 'sources: {}');
  symlinkSync('../secret.yaml', join(dir, 'rules/sources.yaml'));
  await t.throwsAsync(readSources(join(dir, 'rules')), {
    code: 'ERR_CONFIG',
    message: 'Cannot read rules/sources.yaml: it is outside the folder',
  });
});

test('every file is either read or refused with a place', (t) => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          'sources:',
          'a: ',
          'url: ',
          '\n',
          '  ',
          '/a',
          '{',
          '}',
          'meta: ',
          'severity: ',
          '[',
          ', ',
          '"*"',
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      for (const line of said(given)) t.regex(line, /^rules\/sources\.yaml:\d+:\d+: error: /);
    }),
  );
});
