import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import test, { type ExecutionContext } from 'ava';
import { pathUri } from '../domain/sarif.ts';
import { createTestCli } from '../testing/cli/run-cli.ts';
import { zipOf } from '../testing/specimens/zip-of.ts';

// The schema is draft 4, and uses nothing that later drafts read differently.
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(await readFile(new URL('../testing/sarif/sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

function logOf(t: ExecutionContext, stdout: string) {
  const log = JSON.parse(stdout);
  t.true(validate(log), JSON.stringify(validate.errors, null, 1));
  return log.runs[0];
}

const meta =
  'meta: description = "d" author = "a" date = "2026-01-01" reference = "https://example.invalid/x" severity';
const names = ['plain.txt', 'a b#c?.txt', '50%.txt', 'ü.txt', 'a:b.txt', "[x]{y}'^`.txt"];

test('rules check writes SARIF with the place of each problem', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({
    'rules/a b.yar': `rule A { ${meta} = "high" condition: unknown }`,
    'rules/c.yar': 'rule C { condition: filesize > 1 }',
  });
  const { code, stdout, stderr } = await cli.run('rules', 'check', '--format', 'sarif');
  t.is(code, 1);
  t.regex(stderr, /a b\.yar:1:\d+: error/);
  const run = logOf(t, stdout);
  t.like(run.results[0], { ruleId: 'E009', level: 'error' });
  const [{ physicalLocation }] = run.results[0].locations;
  t.is(physicalLocation.artifactLocation.uri, 'rules/a%20b.yar');
  t.is(physicalLocation.region.startLine, 1);
  t.is(run.tool.driver.rules[run.results[0].ruleIndex].id, 'E009');
  t.is(run.results.length, 6);
  t.is((await cli.run('rules', 'check', '--format', 'sarif', '--json')).code, 2);
});

test('scan writes SARIF: a result for each match, whatever the file is called, and a notification for what was not scanned', async (t) => {
  const cli = await createTestCli(t);
  const severities = { A: 'critical', B: 'Medium', C: 'low', D: 'odd' };
  const rules = Object.entries(severities).map(
    ([name, severity]) => `rule ${name} : tag { ${meta} = "${severity}" strings: $a = "evil" condition: $a }`,
  );
  await cli.write({
    'rules/a.yar': rules.join(' '),
    ...Object.fromEntries(names.map((name) => [`in/${name}`, 'an evil text'])),
    'in/large': 'x'.repeat(2000),
  });
  const { code, stdout, stderr } = await cli.run('scan', 'in', '--format', 'sarif', '--max-size', '1KB');
  t.is(code, 0, stderr);
  const run = logOf(t, stdout);
  type Result = {
    ruleId: string;
    level: string;
    locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
  };
  const results: readonly Result[] = run.results;
  t.is(results.length, 4 * names.length);
  const uris = new Set(results.map((each) => each.locations[0]?.physicalLocation.artifactLocation.uri ?? ''));
  t.deepEqual(
    [...uris]
      .map((uri) => new URL(uri, 'file:///').pathname)
      .map(decodeURIComponent)
      .sort(),
    names.map((name) => `/in/${name}`).sort(),
  );
  const levels = new Map(results.map(({ ruleId, level }) => [ruleId, level]));
  t.deepEqual(
    ['A', 'B', 'C', 'D'].map((name) => levels.get(`a.yar:${name}`)),
    ['error', 'warning', 'note', 'warning'],
  );
  t.like(results[0], { locations: { 0: { physicalLocation: { region: { byteOffset: 3, byteLength: 4 } } } } });
  t.is(run.tool.driver.rules[0].helpUri, 'https://example.invalid/x');
  t.like(run.invocations[0], {
    executionSuccessful: true,
    toolExecutionNotifications: [{ descriptor: { id: 'too_large' }, level: 'warning' }],
  });
  t.is((await cli.run('scan', 'in', '--format', 'sarif', '--json')).code, 2);
});

test('a match of a member names the member, in a sentence of its own, and has no place in the file', async (t) => {
  const cli = await createTestCli(t);
  const rule = (name: string, description: string) =>
    `rule ${name} { meta: description = "${description}" strings: $a = "evil" condition: $a }`;
  await cli.write({
    'rules/a.yar': `${rule('A', 'Evil text')} ${rule('B', 'Evil text.')}`,
    'in.zip': zipOf({ 'x.txt': 'an evil text '.repeat(9) }, 8),
  });
  const { stdout } = await cli.run('scan', 'in.zip', '--format', 'sarif');
  const { results } = logOf(t, stdout);
  t.is(results.length, 2);
  for (const { message, locations } of results) {
    t.is(message.text, 'Evil text. Inside: x.txt');
    t.is(locations[0].physicalLocation.region, undefined);
  }
});

test('a path of any bytes is a URI', (t) => {
  t.is(pathUri(Buffer.from('/a b/\u00fc')), 'file:///a%20b/%C3%BC');
  t.is(pathUri(Buffer.from([0x61, 0xff, 0x2f, 0x5c])), 'a%FF/%5C');
});
