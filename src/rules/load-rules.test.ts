import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { scanEmptyFile } from '../testing/rules/plain-engine.ts';
import { loadRules } from './load-rules.ts';
import { maxIncludes } from './resolve-includes.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder `rules` in its own folder; both are removed after the test. */
async function rulesFolder(t: ExecutionContext, files: Files): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-rules-'));
  t.teardown(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, 'rules'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, 'rules', name)), { recursive: true });
    await writeFile(join(dir, 'rules', name), content);
  }
  return join(dir, 'rules');
}

async function load(t: ExecutionContext, files: Files) {
  const { files: loaded, problems, leftOut } = await loadRules(await rulesFolder(t, files));
  return {
    leftOut: leftOut.map(({ file }) => file),
    included: loaded.flatMap(({ included }) => included),
    sources: Object.fromEntries(loaded.map(({ namespace, source }) => [namespace, source])),
    problems: problems.map(({ severity, code, file, line }) => `${severity} ${code} ${file}:${line}`),
    messages: problems.map(({ message }) => message),
    first: loaded[0],
  };
}

const rule = (name: string) => `rule ${name} { condition: true }`;

/** The content of a folder on disk: rule files, ignored files, and codes of problems. */
async function loadedFrom(dir: string) {
  const { files, leftOut, problems } = await loadRules(dir);
  return {
    files: files.map(({ namespace }) => namespace),
    leftOut: leftOut.map(({ file }) => file),
    problems: problems.map(({ code, file }) => `${code} ${file}`).sort(),
  };
}

test('every .yar and .yara file is loaded, sorted by path, and its path below the folder is its namespace', async (t) => {
  const dir = await rulesFolder(t, {
    'b/z.yara': rule('z'),
    'a.yar': rule('a'),
    'b/c/é.yar': rule('e'),
    'b/readme.md': '',
    'b/UPPER.YAR': rule('u'),
  });
  const { files, problems } = await loadRules(dir);
  t.deepEqual(
    files.map(({ namespace }) => namespace),
    ['a.yar', 'b/UPPER.YAR', 'b/c/é.yar', 'b/z.yara'],
  );
  t.is(files[0]?.path, join(dir, 'a.yar'));
  t.is(files[0]?.source, rule('a'));
  t.deepEqual(files[0]?.locate(1), { file: 'a.yar', line: 1 });
  t.deepEqual(problems, []);
});

test('a missing folder, or a file in its place, is a configuration error that names it', async (t) => {
  const dir = await rulesFolder(t, { 'a.yar': '' });
  await t.throwsAsync(loadRules(join(dir, 'gone')), { code: 'ERR_CONFIG', message: /gone/ });
  await t.throwsAsync(loadRules(join(dir, 'a.yar')), { code: 'ERR_CONFIG', message: /is a file: name the folder/ });
});

test('includes are inserted from next to the file or from the rules folder, and compile', async (t) => {
  const { sources, problems } = await load(t, {
    'web/a.yar': `include "../lib/one.inc" include "two.inc"\n${rule('a')}\ninclude "lib/three.inc"`,
    'lib/one.inc': `${rule('one')} // the end`,
    'web/two.inc': `/* two */ ${rule('two')}\n`,
    'two.inc': rule('wrong'),
    'lib/three.inc': `include "four.inc"`,
    'lib/four.inc': rule('four'),
  });
  t.deepEqual(problems, []);
  t.deepEqual(
    scanEmptyFile([{ namespace: 'a', source: sources['web/a.yar'] ?? '' }]).map(({ identifier }) => identifier),
    ['one', 'two', 'a', 'four'],
  );
});

test('each line of a source is traced to its original file, line and column', async (t) => {
  const { first } = await load(t, {
    'a.yar': `// 1\n${rule('x')} include "b.inc" ${rule('y')}\n${rule('z')}`,
    'b.inc': `\n${rule('b')}\ninclude "c.inc"\n${rule('b2')}`,
    'c.inc': rule('c'),
  });
  const places = (first?.source ?? '').split('\n').flatMap((line, index) => {
    const name = /rule (\w+)/.exec(line);
    const place = first?.locate(index + 1);
    return name === null ? [] : [[name[1], place?.file, place?.line, name.index + 1]];
  });
  t.deepEqual(places, [
    ['x', 'a.yar', 2, 1],
    ['b', 'b.inc', 2, 1],
    ['c', 'c.inc', 1, 1],
    ['b2', 'b.inc', 4, 1],
    ['y', 'a.yar', 2, 44],
    ['z', 'a.yar', 3, 1],
  ]);
});

test('an include in a comment or string is ignored', async (t) => {
  const source = `// include "x"\n/* include "x" */ rule a { meta: x = "include \\"x\\"" condition: true }`;
  const { sources, problems } = await load(t, { 'a.yar': source });
  t.deepEqual([sources['a.yar'], problems], [source, []]);
});

test('an include never leaves the rules folder', async (t) => {
  const dir = await rulesFolder(t, {
    'sub/a.yar': 'include "../../secret"\ninclude "/etc/hosts"\ninclude "C:\\\\x"\ninclude "link.inc"\ninclude ".."',
  });
  await writeFile(join(dir, '../secret'), rule('secret'));
  await symlink(join(dir, '../secret'), join(dir, 'sub/link.inc'));
  const { files, problems } = await loadRules(dir);
  t.false(files[0]?.source.includes('secret'));
  t.deepEqual(
    problems.map(({ severity, code, file, line }) => [severity, code, file, line]),
    [1, 2, 3, 4, 5].map((line) => ['error', 'load/include', 'sub/a.yar', line]),
  );
});

test('an include that fails is reported at its position, and the rest is loaded', async (t) => {
  const { problems, messages, sources } = await load(t, {
    'a.yar': `\ninclude "b.inc"\n${rule('a')}`,
    'b.inc': `\n\n include "gone.inc" include "folder"`,
    'folder/c.inc': '',
  });
  t.deepEqual(problems, ['error load/include b.inc:3', 'error load/include b.inc:3']);
  t.regex(messages[0] ?? '', /gone\.inc/);
  t.true(sources['a.yar']?.includes(rule('a')));
});

test('circular includes are reported in every spelling', async (t) => {
  const { problems } = await load(t, {
    'a.yar': 'include "b.inc"',
    'b.inc': `${rule('b')}\ninclude "./x/../a.yar"`,
    'x/y': '',
  });
  t.deepEqual(problems, ['error load/include b.inc:2']);
});

test('includes that multiply are stopped', async (t) => {
  const levels = Array.from({ length: 20 }, (_, level): [string, string] => [
    `${level}.inc`,
    `include "${level + 1}.inc" `.repeat(2),
  ]);
  const { messages } = await load(t, { ...Object.fromEntries(levels), '20.inc': '', 'a.yar': 'include "0.inc"' });
  t.regex(messages[0] ?? '', new RegExp(`more than ${maxIncludes}`));
});

test('a link that leads outside, to a folder or nowhere is reported', async (t) => {
  const dir = await rulesFolder(t, { 'a.yar': rule('a'), 'b/c.yar': rule('c') });
  await writeFile(join(dir, '../out.yar'), rule('out'));
  await symlink('../out.yar', join(dir, 'outside.yar'));
  await symlink('gone', join(dir, 'nowhere.yar'));
  await symlink('..', join(dir, 'b/loop'));
  t.deepEqual(await loadedFrom(dir), {
    files: ['a.yar', 'b/c.yar'],
    leftOut: [],
    problems: ['load/symlink b/loop', 'load/symlink nowhere.yar', 'load/symlink outside.yar'],
  });
});

test('a file with several names counts once: under its own, otherwise under the first', async (t) => {
  const dir = await rulesFolder(t, { 'm.yar': rule('m'), 'rule.txt': rule('r') });
  await symlink('m.yar', join(dir, 'a.yar'));
  await symlink('m.yar', join(dir, 'z.yar'));
  await symlink('rule.txt', join(dir, 'y.yar'));
  await symlink('rule.txt', join(dir, 'x.yar'));
  t.deepEqual(await loadedFrom(dir), { files: ['m.yar', 'x.yar'], leftOut: ['a.yar', 'y.yar', 'z.yar'], problems: [] });
});

test('a mounted ConfigMap has each file once, under the name of its link', async (t) => {
  const dir = await rulesFolder(t, {
    '..2026_01_31/a.yar': `include "b.inc"\n${rule('a')}`,
    '..2026_01_31/b.inc': rule('b'),
    '..2026_01_31/index.yar': 'include "a.yar"',
  });
  await symlink('..2026_01_31', join(dir, '..data'));
  for (const name of ['a.yar', 'b.inc', 'index.yar']) await symlink(`..data/${name}`, join(dir, name));
  t.deepEqual(await loadedFrom(dir), {
    files: ['a.yar'],
    leftOut: ['..2026_01_31', '..data', 'index.yar'],
    problems: [],
  });
  const { files } = await loadRules(dir);
  t.true(files[0]?.source.includes(rule('b')));
});

test('names that start with a dot are ignored: folders, copies and locks', async (t) => {
  const dir = await rulesFolder(t, {
    ...{
      'a.yar': rule('a'),
      '.hidden.yar': 'no rule',
      '.snapshot/daily.0/a.yar': rule('a'),
      'b/.git/x.yar': rule('x'),
    },
    ...{ '._a.yar': Buffer.from([0, 5, 22, 7]), '.DS_Store': Buffer.from([0]), '.a.yar.swp': Buffer.from([0]) },
  });
  await symlink('me@host.1234:567', join(dir, '.#a.yar'));
  t.deepEqual(await loadedFrom(dir), {
    files: ['a.yar'],
    leftOut: ['.#a.yar', '._a.yar', '.hidden.yar', '.snapshot', 'b/.git'],
    problems: [],
  });
});

test('an index, which only includes rule files, is left out', async (t) => {
  const { sources, leftOut, problems } = await load(t, {
    'index.yar': '/* Generated */\nimport "pe"\ninclude "./index_b.yar"\ninclude "a.yar" // a',
    'index_b.yar': 'include "b/b.yar"\ninclude "b/more.inc"',
    'b/more.inc': 'include "c.yar"',
    'a.yar': rule('a'),
    'b/b.yar': `include "helpers.inc"\n${rule('b')}`,
    'b/helpers.inc': rule('helper'),
    'b/c.yar': rule('c'),
  });
  t.deepEqual(Object.keys(sources), ['a.yar', 'b/b.yar', 'b/c.yar']);
  t.deepEqual([leftOut, problems], [['index.yar', 'index_b.yar'], []]);
});

test('a file with rules that no other rule file has, even by include, is not an index', async (t) => {
  const { sources, leftOut, included } = await load(t, {
    'all.yar': '// suppress: lint/included-rule-file\ninclude "a.yar"\ninclude "own.inc"',
    'own.inc': rule('own'),
    'mixed.yar': `${rule('mixed')}\n  include "a.yar"`,
    'broken.yar': 'include "a.yar" rule {',
    'inc.yar': 'include "own.inc"',
    'a.yar': rule('a'),
  });
  t.deepEqual([Object.keys(sources), leftOut], [['a.yar', 'all.yar', 'broken.yar', 'inc.yar', 'mixed.yar'], []]);
  t.deepEqual(
    included.map(({ namespace, place, suppressed }) => [namespace, place, suppressed]),
    [
      ['a.yar', { file: 'all.yar', line: 2, column: 1 }, ['lint/included-rule-file']],
      ['a.yar', { file: 'broken.yar', line: 1, column: 1 }, []],
      ['a.yar', { file: 'mixed.yar', line: 2, column: 3 }, []],
    ],
  );
});

test('a condition may refer to a rule of an included rule file', async (t) => {
  const { sources } = await load(t, {
    'a.yar': `include "b.yar" rule a { condition: b }`,
    'b.yar': 'private rule b { condition: true }',
  });
  t.deepEqual(
    scanEmptyFile([{ namespace: 'a', source: sources['a.yar'] ?? '' }]).map(({ identifier }) => identifier),
    ['b', 'a'],
  );
});

test('only the named file is loaded, with all that it includes', async (t) => {
  const dir = await rulesFolder(t, { 'index.txt': 'include "a.yar"', 'a.yar': rule('a'), 'b.yar': 'no rule' });
  const { files, problems, leftOut } = await loadRules(dir, { only: 'index.txt' });
  t.deepEqual(
    files.map(({ namespace, source }) => [namespace, source.trim()]),
    [['index.txt', rule('a')]],
  );
  t.deepEqual([problems, leftOut], [[], []]);
});

test('a folder named like a rule file is searched, and hides no rule', async (t) => {
  const { sources, problems } = await load(t, { 'x.yar/a.yar': rule('a') });
  t.deepEqual([Object.keys(sources), problems], [['x.yar/a.yar'], []]);
});

test('a byte-order mark is removed, since the engine refuses it', async (t) => {
  const { sources, problems } = await load(t, { 'a.yar': `\ufeff${rule('a')}` });
  t.deepEqual([sources['a.yar'], problems], [rule('a'), []]);
});

test('bytes that are not UTF-8 are an error in code, and a warning in a comment', async (t) => {
  const { problems } = await load(t, {
    'comment.yar': Buffer.from(`\n// caf\xe9\n${rule('a')}`, 'latin1'),
    'string.yar': Buffer.from(`// \xe9\n\nrule a { strings: $a = "caf\xe9" condition: $a }`, 'latin1'),
    'fine.yar': `// a real \ufffd\n${rule('c')}`,
  });
  t.deepEqual(problems, ['warning load/encoding comment.yar:2', 'error load/encoding string.yar:3']);
});

test('a problem in a file that several include is reported once', async (t) => {
  const { problems } = await load(t, {
    'a.yar': 'include "x.inc"',
    'b.yar': 'include "x.inc"',
    'x.inc': 'include "gone"',
  });
  t.deepEqual(problems, ['error load/include x.inc:1']);
});

test('a source without rule files is reported, and so is a file of sources that cannot be used', async (t) => {
  const sources =
    'sources: { pack: { url: ../pack }, other: { url: ../b, namespace: o }, later: { url: ../c, state: off } }';
  const files = { 'a.yar': rule('a'), 'sources.yaml': sources, 'vendor/pack/x.yar': rule('x') };
  const { problems, messages } = await load(t, files);
  t.deepEqual(problems, ['warning load/no-rules sources.yaml:0']);
  t.regex(messages[0] ?? '', /^the source other has no rule file below vendor\/o: run "rearview rules sync"/);
  const dir = await rulesFolder(t, { 'a.yar': rule('a'), 'sources.yaml': 'sources: { pack: {} }' });
  await t.throwsAsync(loadRules(dir), { code: 'ERR_CONFIG', message: /sources\.yaml:1:.*url/ });
  t.is((await loadRules(dir, { only: 'a.yar' })).files.length, 1);
});
