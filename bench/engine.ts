import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import * as z from 'zod';
import { prepareRules } from '../src/app/rulesets/prepare-rules.ts';
import { encodeRuleset } from '../src/rules/ruleset-file.ts';
import { benchParts } from './engine-parts.ts';
import { hasNativeYara, type NativeResult, type NativeTask, nativePackage, runNativeYara } from './native-yara.ts';

const run = promisify(execFile);
const subjectFile = fileURLToPath(new URL('./engine-subject.ts', import.meta.url));
const publicRules = fileURLToPath(new URL('../../shared/data/reversinglabs-yara-rules', import.meta.url));
const ownRules = fileURLToPath(new URL('../rules', import.meta.url));

const folders = ['/usr/bin', '/usr/sbin', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/local/bin'];
const [leastBytes, mostBytes] = [10_000, 5_000_000];
const mostFiles = 300;
const elfMagic = Buffer.from('\x7fELF', 'latin1');

type Subject = 'package' | 'image' | 'sources';
type Task = 'throughput' | 'fixed' | 'start' | 'memory';
const resultSchema = z.object({ value: z.number(), matches: z.number().optional() });

/**
 * Compares the engine as used here with the package as in its README, with native YARA-X, and with
 * `yara` if it is installed. Each runs in a separate process, one after the other, on the same
 * files and rules. The ratios are what matters.
 * @param rulesDir default: the ReversingLabs rules next to the checkout, otherwise the project's
 *   own
 */
export async function benchEngine(rulesDir = existsSync(publicRules) ? publicRules : ownRules): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-bench-'));
  try {
    const { ruleset } = await prepareRules({ rulesDir, lint: false, image: 'build' });
    if (ruleset === null) throw new Error(`The rules in ${rulesDir} do not compile.`);
    const [rulesetFile, imageFile] = [join(dir, 'ruleset'), join(dir, 'image')];
    await writeFile(rulesetFile, encodeRuleset(ruleset));
    await writeFile(imageFile, serialize(ruleset.image));
    const list = join(dir, 'files');
    const corpus = await findExecutables();
    await writeFile(list, corpus.map(({ path }) => path).join('\n'));
    const bytes = corpus.reduce((sum, { size }) => sum + size, 0);
    print(
      `corpus   ${corpus.length} executables of 10 kB to 5 MB, ${(bytes / 1e6).toFixed(1)} MB; ${ruleset.rules.length} rules of ${rulesDir}; Node ${process.version}`,
    );

    const ask = async (subject: Subject, task: Task, { image = imageFile, files = list } = {}) => {
      const rules = subject === 'image' ? image : rulesDir;
      const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', subjectFile, subject, task, rules, files];
      // As on the command line; the first run of a subject fills the cache.
      const env = { ...process.env, NODE_COMPILE_CACHE: join(dir, 'compiled') };
      const { stdout } = await run(process.execPath, args, { env });
      return resultSchema.parse(JSON.parse(stdout));
    };
    const isNative = await hasNativeYara();
    const askNative = async (task: NativeTask, times: number) => {
      const subject = { sources: ruleset.sources, paths: corpus.map(({ path }) => path), folder: dir };
      const results: NativeResult[] = [];
      for (let round = 0; isNative && round < times; round += 1) results.push(await runNativeYara(task, subject));
      return results;
    };
    const several = async (times: number, subject: Subject, task: Task) => {
      const results = [];
      for (let round = 0; round < times; round += 1) results.push(await ask(subject, task));
      return results;
    };

    const plain = await ask('package', 'throughput');
    const own = await several(5, 'image', 'throughput');
    const native = await askNative('throughput', 5);
    const speed = median(own.map(({ value }) => value));
    print(`matches  ${[plain, ...own, ...native].map(({ matches }) => matches).join(' ')}`);
    line('throughput', `${speed.toFixed(1)} MB/s`, [
      [speed / plain.value, 'x the package', `${plain.value.toFixed(1)} MB/s`],
    ]);
    const nativeSpeed = median(native.map(({ value }) => value));
    if (native.length === 0) print(`native   not installed (${nativePackage})`);
    else line('', '', [[speed / nativeSpeed, 'x native YARA-X', `${nativeSpeed.toFixed(1)} MB/s`]]);
    const yara = await benchYara(ruleset.sources, list, dir);
    if (yara === null) print('yara     not installed (Debian package "yara")');
    else
      line('', '', [
        [speed / (bytes / 1e3 / yara), 'x yara', `${(bytes / 1e3 / yara).toFixed(1)} MB/s, including loading of rules`],
      ]);

    await benchParts({
      ...{ ruleset, folder: dir, isNative, print },
      ask: async (image, files) => (await ask('image', 'throughput', { image, files })).value,
    });

    const fixed = median((await several(3, 'image', 'fixed')).map(({ value }) => value));
    const plainFixed = (await ask('package', 'fixed')).value;
    const nativeFixed = median((await askNative('fixed', 3)).map(({ value }) => value));
    line('10 bytes', `${fixed.toFixed(3)} ms`, [
      [plainFixed / fixed, 'times less than the package', `${plainFixed.toFixed(1)} ms`],
      [fixed / nativeFixed, 'x native YARA-X', `${nativeFixed.toFixed(3)} ms`],
    ]);

    const compiled = median((await several(3, 'sources', 'start')).map(({ value }) => value));
    const nativeCompiled = median((await askNative('compile', 3)).map(({ value }) => value));
    line('compile', `${compiled.toFixed(0)} ms`, [
      [compiled / nativeCompiled, 'x native YARA-X', `${nativeCompiled.toFixed(0)} ms, both with the first scan`],
    ]);

    const start = median((await several(7, 'image', 'start')).map(({ value }) => value));
    const plainStart = median((await several(3, 'package', 'start')).map(({ value }) => value));
    line('start', `${start.toFixed(0)} ms`, [
      [plainStart / start, 'times less than compiling', `${plainStart.toFixed(0)} ms`],
    ]);

    const file = await stat(rulesetFile);
    const image = ruleset.image?.memory.length ?? 0;
    print(
      `image    ${(image / 1e6).toFixed(2)} MB; ${(file.size / 1e6).toFixed(2)} MB with header, manifest and sources`,
    );

    const memory = await ask('image', 'memory');
    print(`memory   ${(100 * (memory.value - 1)).toFixed(1)} % more after 10,000 scans than after 100`);
  } finally {
    await rm(dir, { recursive: true });
  }
}

function line(name: string, value: string, ratios: readonly (readonly [number, string, string])[]): void {
  const lines = ratios.map(([ratio, what, of]) => `${ratio.toFixed(ratio < 10 ? 2 : 1)} ${what} (${of})`);
  print(`${name.padEnd(11)}${value.padEnd(12)}${lines.join('; ')}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function findExecutables(): Promise<{ path: string; size: number }[]> {
  const found: { path: string; size: number }[] = [];
  for (const folder of folders) {
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      if (found.length === mostFiles) return found;
      const path = join(folder, name);
      const info = await stat(path).catch(() => null);
      if (info === null || !info.isFile() || info.size < leastBytes || info.size > mostBytes) continue;
      if (await isElf(path)) found.push({ path, size: info.size });
    }
  }
  return found;
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(elfMagic.length), 0, elfMagic.length, 0);
    return buffer.equals(elfMagic);
  } finally {
    await file.close();
  }
}

/** Milliseconds that `yara` takes for all files on one core; null if it is not installed. */
async function benchYara(sources: readonly { source: string }[], list: string, dir: string): Promise<number | null> {
  const [rules, compiled] = [join(dir, 'rules.yar'), join(dir, 'rules.yarc')];
  await writeFile(rules, sources.map(({ source }) => source).join('\n'));
  try {
    await run('yarac', ['-w', rules, compiled]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const started = performance.now();
  await run('yara', ['-w', '-p', '1', '-C', compiled, '--scan-list', list]);
  return performance.now() - started;
}
