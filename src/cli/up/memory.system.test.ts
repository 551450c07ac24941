import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { createTestCli } from '../../testing/cli/run-cli.ts';

const onLinux = process.platform === 'linux' ? test : test.skip;
const launch = fileURLToPath(new URL('../launch.mjs', import.meta.url));
const repository = fileURLToPath(new URL('../../../', import.meta.url));
const limitBytes = 400e6;

/** An ELF program with a table of symbols, which the engine's module `elf` reads. */
function programOf(symbols: number, bytes: number): Buffer {
  const [header, section, symbol] = [64, 64, 24];
  const names = Buffer.from(`\0${'a_name_of_usual_length\0'.repeat(10)}`);
  const [table, text] = [header, header + symbols * symbol];
  const sections = text + names.length;
  const program = Buffer.alloc(Math.max(bytes, sections + 3 * section));
  program.write('\x7fELF\x02\x01\x01', 'latin1');
  program.writeUInt16LE(2, 16);
  program.writeUInt16LE(62, 18);
  program.writeBigUInt64LE(BigInt(sections), 40);
  program.writeUInt16LE(header, 52);
  program.writeUInt16LE(section, 58);
  program.writeUInt16LE(3, 60);
  for (let at = 0; at < symbols; at += 1) program.writeUInt32LE(1 + (at % 10) * 23, table + at * symbol);
  names.copy(program, text);
  const describe = (index: number, type: number, offset: number, size: number, link: number) => {
    const at = sections + index * section;
    program.writeUInt32LE(type, at + 4);
    program.writeBigUInt64LE(BigInt(offset), at + 24);
    program.writeBigUInt64LE(BigInt(size), at + 32);
    program.writeUInt32LE(link, at + 40);
  };
  describe(1, 2, table, symbols * symbol, 2);
  describe(2, 3, text, names.length, 0);
  return program;
}

onLinux(
  'up stays below 400 MB with the rules of this repository and two workers, with many files and large ones',
  async (t) => {
    const cli = await createTestCli(t);
    const corpus = join(cli.dir, 'corpus');
    await mkdir(corpus);
    for (let n = 0; n < 4000; n += 1) {
      const text = `${n} ${'a line of a manual page\n'.repeat(200)}`;
      await writeFile(join(corpus, `${n}`), n % 3 === 0 ? gzipSync(text) : text);
    }
    for (const n of [1, 2, 3]) await writeFile(join(corpus, `program${n}`), programOf(180_000, 40e6));
    const usage = join(cli.dir, 'usage');
    const report = `import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(usage)}, String(process.resourceUsage().maxRSS)));`;
    const node = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
    const state = join(cli.dir, 'state');
    const up = ['up', '--once', '--state', state, '--webhook', 'none', '--jobs', '2', '--corpus', corpus];
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [...node, '--import', `data:text/javascript,${encodeURIComponent(report)}`, launch, ...up],
      { cwd: repository, env: { ...process.env, NODE_V8_COVERAGE: '' } },
    );
    t.regex(stderr, /4,003 objects = 4,003 scanned/);
    const peakBytes = Number(await readFile(usage, 'utf8')) * 1024;
    t.true(peakBytes < limitBytes, `${(peakBytes / 1e6).toFixed(0)} MB`);
    t.log(`${(peakBytes / 1e6).toFixed(0)} MB`);
  },
);
