import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import test from 'ava';
import { createTestCli, testedRule } from '../../src/testing/cli/run-cli.ts';
import { cliProgram, leafCommands } from './cli-program.ts';

const reference = new URL('../../docs/reference/', import.meta.url);
const page = await readFile(new URL('json-output.md', reference), 'utf8');

/** Checks values against a schema of the docs; the errors of all of them. */
async function validator(name: string): Promise<(values: readonly unknown[]) => readonly unknown[]> {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, reference), 'utf8')));
  return (values) => values.flatMap((value) => (validate(value) ? [] : [{ value, errors: validate.errors }]));
}

test('real output of scan, matches list, retro status and retro list fits the documented schemas', async (t) => {
  const cli = await createTestCli(t);
  const rules = { ...testedRule('Alpha', 'attack'), ...testedRule('Beta', 'staged') };
  await cli.write({
    ...rules,
    'files/a.txt': 'attack, staged',
    'files/b.txt': 'harmless',
    'files/large.bin': 'x'.repeat(2000),
  });
  const run = async (schema: string, ...args: readonly string[]) => {
    const { code, lines, stderr } = await cli.run(...args);
    t.is(code, 0, stderr);
    t.deepEqual((await validator(schema))(lines), [], args.join(' '));
    return lines;
  };
  const scanned = await run('scan', 'scan', 'files', '--json', '--max-size', '1000');
  t.is(scanned.length, 3);
  t.true(scanned.some(({ skipped }) => skipped === 'too_large'));
  await run('scan', 'scan', 'files', '--json', '--max-size', '1000', '--large-files', 'head');
  t.is((await cli.run('up', '--once', '--corpus', 'files')).code, 0);
  t.is((await run('match', 'matches', 'list', '--json')).length, 2);
  t.is((await run('retro-scan', 'retro', 'status', '--json')).length, 1);
  t.is((await run('retro-scan', 'retro', 'list', '--json')).length, 1);
});

test('real output of rules check fits the documented schema', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'rules/a.yar': 'rule a { condition: b }', 'rules/c.yar': 'rule c { condition: true }' });
  const { lines } = await cli.run('rules', 'check', '--json');
  for (const each of ['error', 'warning'])
    t.true(
      lines.some(({ severity }) => severity === each),
      each,
    );
  t.deepEqual((await validator('diagnostic'))(lines), []);
});

test('real output of rules profile fits the documented schema', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ ...testedRule('Alpha', 'attack'), 'rearview.yaml': 'profile: { maxTimes: 1000000 }\n' });
  const { code, lines, stderr } = await cli.run('rules', 'profile', '--json', '--repeat', '1');
  t.is(code, 0, stderr);
  t.is(lines.length, 1);
  t.deepEqual((await validator('rules-profile'))(lines), []);
});

test('a schema refuses output with another field', async (t) => {
  const line = { severity: 'error', code: 'E001', message: 'm', file: 'a.yar', line: 1, column: 1 };
  const errorsOf = await validator('diagnostic');
  t.deepEqual(errorsOf([line]), []);
  t.is(errorsOf([{ ...line, rendered: 'm' }]).length, 1);
});

test('every command with --json is on the page of JSON output', (t) => {
  const withJson = leafCommands(cliProgram()).filter(({ command }) =>
    command.options.some(({ long }) => long === '--json'),
  );
  t.true(withJson.length > 15);
  for (const { name } of withJson) t.true(page.includes(`| \`${name}\` |`), name);
});
