import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { reviewSectionSchema } from '../../../pull-requests/section.ts';
import { createTestCli } from '../../../testing/cli/run-cli.ts';
import { runnerCommands } from '../../../testing/cli/runner-commands.ts';

/** Everything that something down the line could take for its own. */
const hostile = [
  ...['::add-mask::x', '##[set-output name=a]b', '::stop-commands::t', ' ::error file=a,line=1::forged'],
  ...['%0A::debug::x', '\u001b[2K\u001b]0;title\u0007', '\u202egnp.exe', '</details><img src=x onerror=alert(1)>'],
  ...['@everyone fixes #1', '[x](javascript:alert(1))', '| a | b |\n|---|---|', '```\n# head', "$(id) `id` '; id #"],
].join('\n');

/** No file name holds a slash or NUL. */
const hostileName = hostile.replaceAll('/', '\u2215').slice(0, 100);

const quoted = JSON.stringify(hostile);
/** Escapes of YARA: no `\u`, no `\b`. */
const yaraQuoted = `"${hostile
  .replaceAll(/[\\"]/g, '\\$&')
  .replaceAll('\n', '\\n')
  .replaceAll('\u001b', '\\x1b')
  .replaceAll('\u0007', '\\x07')}"`;

function hostileRules(): Readonly<Record<string, string>> {
  const meta = `meta: description = ${yaraQuoted} author = ${yaraQuoted} severity = ${yaraQuoted} date = ${yaraQuoted}`;
  return {
    [`rules/::error ::${hostileName}.yar`]: `rule Loud { ${meta} condition: filesize == 1 }\nrule Untested { condition: filesize == 2 }\n`,
    [`rule-tests/::error ::${hostileName}.yar.test.yaml`]: [
      'tests:',
      `  - name: ${quoted}`,
      `    sample: { text: ${quoted} }`,
      `    matches: [Loud]`,
      `  - name: ${JSON.stringify(`sample ${hostile}`)}`,
      `    sample: { file: ${quoted} }`,
      '    matches: []',
      `  - name: ${JSON.stringify(`gap ${hostile}`)}`,
      `    todo: ${quoted}`,
      `    sample: { text: "x" }`,
      `    externals: { filepath: ${quoted} }`,
      '    matches: []',
    ].join('\n'),
    [`rule-tests/##[error]${hostileName}.test.yaml`]: `tests: []\n${quoted}: 1\n`,
    [`rule-tests/::warning::${hostileName}.test.yml`]: '',
  };
}

const commands = [
  ['rules', 'check'],
  ['rules', 'check', '--json'],
  ['rules', 'check', '--format', 'github'],
  ['rules', 'test'],
  ['rules', 'test', '--format', 'tap'],
  ['rules', 'test', '--format', 'junit'],
  ['rules', 'test', '--format', 'github'],
  ['rules', 'diff', '--base', 'base'],
  ['rules', 'diff', '--base', 'base', '--json'],
  ['rules', 'build'],
  ['publish'],
  ['rules', 'test', hostile],
] as const;

for (const isBroken of [false, true]) {
  test(`no hostile text becomes a command, a line or an escape${isBroken ? ', where rules do not compile' : ''}`, async (t) => {
    const cli = await createTestCli(t);
    await cli.write({ 'base/a.yar': 'rule Gone { condition: filesize == 3 }', ...hostileRules() });
    if (isBroken) {
      await cli.write({
        [`rules/ \t::error::${hostileName}.yar`]: `include ${yaraQuoted}\nrule Bad { condition: foo }\n`,
        [`rules/##[group]${hostileName}.yar`]: `import ${yaraQuoted}\nrule Bad { strings: $a = /${'(a'}/ condition: $a }\n`,
      });
    }
    for (const args of commands) {
      const run = await cli.run(...args);
      const { stdout, stderr } = run;
      if (args.some((each) => each === '--json')) t.notThrows(() => run.lines, 'each line is JSON still');
      const isGitHub = args.some((each) => each === 'github');
      t.not(stdout + stderr, '', args.join(' '));
      const all = [...runnerCommands(stdout), ...runnerCommands(stderr)];
      if (isGitHub) {
        t.is(all.length, stdout.trimEnd().split('\n').length, 'each line of stdout is one that is meant');
        t.true(all.every(({ command, properties }) => /^(error|warning|notice)$/.test(command) && properties['title']));
      } else t.deepEqual(all, [], args.join(' '));
      t.notRegex(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/, args.join(' '));
    }
  });
}

test('the sections of a review hold hostile text as it is, within their bounds', async (t) => {
  const cli = await createTestCli(t);
  await cli.write(hostileRules());
  await cli.run('rules', 'check', '--report', 'check.json');
  await cli.run('rules', 'test', '--report', 'tests.json');
  for (const name of ['check', 'tests'] as const) {
    const section = reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, `${name}.json`), 'utf8')));
    t.is(section.section, name);
    if (section.section === 'tests') t.true(section.failures.some((each) => each.test === hostile));
  }
});
