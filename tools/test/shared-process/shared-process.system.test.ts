import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { tempFolder } from '../../../src/testing/temp-folder.ts';

const root = join(import.meta.dirname, '../../..');

const config = `import { writeEntries } from './tools/test/shared-process/write-entries.ts';

const files = writeEntries(import.meta.dirname, ['src/**/*.test.ts'], ['src/**/*.system.test.ts']);
export default { extensions: ['ts'], files, workerThreads: false, nodeArguments: ['--disable-warning=ExperimentalWarning'] };
`;

/** Runs AVA on these test files as `npm test` does, and returns what it prints. */
function runTests(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = tempFolder(t);
  const own = 'tools/test/shared-process';
  cpSync(join(root, own), join(folder, own), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const all = { 'package.json': '{ "type": "module" }', 'ava.config.mjs': config, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  // AVA writes no new snapshot in CI, unless it is told that this is none.
  const env = { ...process.env, FORCE_COLOR: '0', NODE_V8_COVERAGE: '', AVA_FORCE_CI: 'not-ci' };
  const ava = join(root, 'node_modules/ava/entrypoints/cli.js');
  execFile(process.execPath, [ava], { cwd: folder, env }, (_error, stdout, stderr) =>
    resolve(stripVTControlCharacters(stdout + stderr)),
  );
  return promise;
}

const importing = (body: string) => `import test from 'ava';\n\n${body}\n`;
/** Prints the process of a file. */
const printed = "console.log('process', process.pid);";
const processes = (output: string) => new Set(output.match(/^.*process \d+$/gm)?.map((line) => line.trim()));

test('the files of a folder share a process, and titles are printed as from one each', async (t) => {
  const output = await runTests(t, {
    'src/a/one.test.ts': importing(`${printed} test('works', (t) => t.pass()); test.serial('first', (t) => t.pass());`),
    'src/a/two.test.ts': importing(`${printed} test('works', (t) => t.pass()); test.skip('later', () => {});`),
    'src/a/more/three.test.ts': importing(`${printed} test.skipIf(false).failing('works', (t) => t.fail());`),
    'src/a/slow.system.test.ts': importing(`test('never', (t) => t.fail());`),
  });
  t.is(processes(output).size, 1, output);
  for (const line of ['✔ a › one › works', '✔ a › one › first', '✔ a › two › works', '- [skip] a › two › later']) {
    t.true(output.includes(line), output);
  }
  t.true(output.includes('✔ [expected fail] a › more › three › works'), output);
  t.notRegex(output, /never/);
});

test('a failed test is printed with its file and line, and the other files run', async (t) => {
  const output = await runTests(t, {
    'src/one.test.ts': importing(`test('fails', (t) => t.is(1, 2));`),
    'src/two.test.ts': importing(`test('works', (t) => t.pass());`),
  });
  t.regex(output, /✘ \[fail\]: one › fails/);
  t.regex(output, /src\/one\.test\.ts:3:\d+/);
  t.regex(output, /✔ two › works/);
});

test('a file that cannot be loaded, or declares no test, is named', async (t) => {
  const works = importing(`test('works', (t) => t.pass());`);
  const broken = await runTests(t, { 'src/one.test.ts': works, 'src/two.test.ts': `${works}missing();` });
  t.regex(broken, /src\/two\.test\.ts:4:1/);
  const empty = await runTests(t, { 'src/one.test.ts': works, 'src/two.test.ts': importing('') });
  t.regex(empty, /No tests found in "two"\./);
});

test('a file with snapshots, or hooks for each test, has a process of its own', async (t) => {
  const output = await runTests(t, {
    'src/one.test.ts': importing(`${printed} test('works', (t) => t.pass());`),
    'src/two.test.ts': importing(`${printed} test.beforeEach(() => {}); test('works', (t) => t.pass());`),
    'src/three.test.ts': importing(`${printed} test('works', (t) => t.snapshot(1));`),
  });
  t.is(processes(output).size, 3, output);
  t.regex(output, /3 tests passed/);
});

test('the tests of a file start after those of the file before, and the time they waited is not theirs', async (t) => {
  const slow = `test('slow', async (t) => { await new Promise((resolve) => setTimeout(resolve, 1500)); console.log('end'); t.pass(); });`;
  const output = await runTests(t, {
    'src/one.test.ts': importing(slow),
    'src/two.test.ts': importing(`test('quick', (t) => { console.log('quick starts'); t.pass(); });`),
  });
  t.true(output.indexOf('end') < output.indexOf('quick starts'), output);
  t.regex(output, /one › slow \(\d/);
  t.regex(output, /two › quick$/m);
});
