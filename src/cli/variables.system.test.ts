import test from 'ava';
import { createGitRepository } from '../testing/cli/git-repository.ts';
import { createTestCli } from '../testing/cli/run-cli.ts';
import { buildZip } from '../testing/specimens/build-zip.ts';

const meta = 'meta: description = "d" author = "a" date = "2026-01-01" reference = "r" severity = "low"';
const folder = {
  'rearview.yaml': 'variables:\n  owner: ""\n  score: { type: float, default: 1 }\n',
  'rules/a.yar': `rule Owner { ${meta} condition: owner == "root" and score < 1.5 }`,
  'rule-tests/a.yar.test.yaml': `tests:
  - { name: default, sample: { text: x }, matches: [] }
  - { name: set, sample: { text: x }, externals: { owner: root, filepath: /x }, matches: [Owner] }
  - { name: both, sample: { text: x }, externals: { owner: root, score: 2.5 }, matches: [] }
`,
  'f.txt': 'x',
};

test('rules use variables that rearview.yaml declares: in checks, tests, builds, scans and on this machine', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  for (const command of [
    ['rules', 'check', '--strict'],
    ['rules', 'test'],
    ['rules', 'build', '--out', 'ruleset.bin'],
    ['publish'],
    ['up', '--once', '--jobs', '1', '--corpus', 'rules'],
  ]) {
    const { code, stdout, stderr } = await cli.run(...command);
    t.is(code, 0, `${command.join(' ')}: ${stdout}${stderr}`);
  }
  const scan = async (...args: readonly string[]) => (await cli.run('scan', 'f.txt', ...args)).stdout;
  t.is(await scan(), '');
  for (const rules of [[], ['--ruleset', 'ruleset.bin']]) {
    t.regex(await scan(...rules, '--define', 'owner=root'), /^Owner {2}f\.txt/);
    t.is(await scan(...rules, '--define', 'owner=root', '--define', 'score=2'), '');
  }
});

test('a change of a default is published, and shown by a diff with a revision of git', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  createGitRepository(cli.dir).commit('first');
  await cli.run('publish');
  await cli.write({ 'rearview.yaml': folder['rearview.yaml'].replace('""', '"root"') });
  for (const base of ['published', 'git:HEAD']) {
    t.regex((await cli.run('rules', 'diff', '--base', base)).stdout, /variable owner declared differently/, base);
  }
  await cli.write({ 'rearview.yaml': '{}' });
  const { code, stdout } = await cli.run('rules', 'check');
  t.is(code, 1);
  t.regex(stdout, /a\.yar:1:\d+: error: unknown identifier `score`.*variables: \{ score: \{ type: float/);
});

test('the variables of public packs work without rearview.yaml, and metadata or --define sets owner', async (t) => {
  const cli = await createTestCli(t);
  const uses = 'filename != "" and filepath != "" and extension == ".txt" and filetype == ""';
  await cli.write({
    'rules/vendor/pack/a.yar': `rule Owner { condition: owner == "root" and ${uses} }\nrule Nobody { condition: owner == "" and ${uses} }`,
    'f.txt': 'x',
  });
  createGitRepository(cli.dir).commit('first');
  t.regex((await cli.run('scan', 'f.txt')).stdout, /^Nobody {2}f\.txt/);
  t.regex((await cli.run('scan', 'f.txt', '--define', 'owner=root')).stdout, /^Owner {2}f\.txt/);
  t.regex((await cli.run('rules', 'diff', '--base', 'git:HEAD')).stdout, /^0 changes, 2 unchanged/);
});

test('filetype is the type by content, also of members and in tests, and rearview.yaml returns to the extension', async (t) => {
  const cli = await createTestCli(t);
  const cloaked = `rule Cloaked { ${meta} condition: extension == ".jpg" and filetype == "ELF" }`;
  const old = `rule Old { ${meta} condition: filetype == "JPG" }`;
  await cli.write({
    'rules/a.yar': `${cloaked}\n${old}`,
    'rule-tests/a.yar.test.yaml': [
      'tests:',
      '  - { name: cloaked, sample: { hex: 7f454c46 }, externals: { filepath: x.jpg }, matches: [Cloaked] }',
      '  - { name: set, sample: { text: x }, externals: { filepath: x.jpg, filetype: ELF }, matches: [Cloaked] }',
      '  - { name: plain, sample: { text: x }, externals: { filepath: x.jpg }, matches: [] }',
    ].join('\n'),
    'f.jpg': '\x7fELF',
    'in/f.zip': buildZip([{ name: 'g.jpg', content: '\x7fELF' }]),
  });
  createGitRepository(cli.dir).commit('first');
  t.regex((await cli.run('rules', 'test')).stdout, /3 passed, 0 failed/);
  t.regex((await cli.run('scan', 'f.jpg', 'in')).stdout, /^Cloaked {2}f\.jpg.*\nCloaked {2}in\/f\.zip > g\.jpg/);
  await cli.write({ 'rearview.yaml': 'filetype: extension\n' });
  t.regex((await cli.run('scan', 'f.jpg')).stdout, /^Old {2}f\.jpg/);
  const diff = (await cli.run('rules', 'diff', '--base', 'git:HEAD')).stdout;
  t.regex(diff, /^2 changes/m);
  t.regex(diff, /Old.*variable filetype declared differently/);
  await cli.write({ 'rearview.yaml': 'filetype: magic\n' });
  t.regex((await cli.run('rules', 'check')).stderr, /rearview\.yaml:1.*filetype/);
});

test('a test that sets an unused variable, or a value that does not fit, fails with the reason', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(folder);
  const specs = ['{ ownr: root }', '{ score: high }'].map(
    (externals, index) => `  - { name: "test ${index}", sample: { text: x }, externals: ${externals}, matches: [] }\n`,
  );
  await cli.write({
    'rule-tests/a.yar.test.yaml': `${folder['rule-tests/a.yar.test.yaml']}${specs.join('')}`,
  });
  const { code, stdout } = await cli.run('rules', 'test');
  t.is(code, 1);
  t.regex(stdout, /Unknown variable "ownr"/);
  t.regex(stdout, /Invalid value "high" for the variable score of type float/);
});

test('--define declares variables that rearview.yaml does not, and refuses invalid ones', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': 'rule A { condition: depth > 2 and is_archive }', 'f.txt': 'x' });
  const scan = (...args: readonly string[]) => cli.run('scan', 'f.txt', ...args);
  t.is((await scan()).code, 1);
  t.regex((await scan('--define', 'depth=3', '--define', 'is_archive=true')).stdout, /^A /);
  for (const [define, message] of [
    ['depth', /has no value/],
    ['pe=1', /keyword of the rule language/],
    ['filename=x', /Rearview sets it/],
    ['unused=1', /Unknown variable "unused"/],
  ] as const) {
    const { code, stderr } = await scan('--define', 'depth=3', '--define', 'is_archive=true', '--define', define);
    t.is(code, 2, define);
    t.regex(stderr, message);
  }
  await cli.write({ 'rearview.yaml': 'variables: { depth: 0, is_archive: false }\n' });
  t.regex((await scan('--define', 'depth=deep')).stderr, /Invalid value "deep" for the variable depth/);
});

test('a declaration that cannot be is an error with its place', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': 'rule A { condition: true }' });
  for (const [declared, message] of [
    ['pe: ""', /rearview\.yaml:2:.*keyword of the rule language/],
    ['filename: ""', /rearview\.yaml:2:.*Rearview sets it/],
    ['"a b": ""', /rearview\.yaml:2:.*letters, digits/],
    ['a: null', /rearview\.yaml:2:.*must be a default/],
    ['a: { type: integer, default: 0.5 }', /rearview\.yaml:2:.*does not fit its type/],
    ['a: 1e400', /rearview\.yaml:2:/],
    ['a: 1\n  A: 2', /rearview\.yaml:3:.*only in case/],
  ] as const) {
    await cli.write({ 'rearview.yaml': `variables:\n  ${declared}\n` });
    const { code, stderr } = await cli.run('rules', 'check');
    t.is(code, 2, declared);
    t.regex(stderr, message, declared);
  }
});
