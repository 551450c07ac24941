import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { prepareRules } from '../src/app/rulesets/prepare-rules.ts';
import { openLocalTarget } from '../src/targets/local/local-target.ts';
import { hasNativeYara, nativePackage } from './native-yara.ts';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../src/cli/launch.mjs', import.meta.url));
const nativeScript = fileURLToPath(new URL('./native-files.py', import.meta.url));
const rulesDir = fileURLToPath(new URL('../rules', import.meta.url));
const leastFiles = 40_000;
const workers = 2;

interface Run {
  readonly files: number;
  readonly bytes: number;
  readonly matches: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const usageSchema = z.object({ userCPUTime: z.number(), systemCPUTime: z.number(), maxRSS: z.number() });
const nativeSchema = z.object({
  files: z.number(),
  bytes: z.number(),
  matches: z.number(),
  cpuSeconds: z.number(),
  peakBytes: z.number(),
});

/**
 * Compares `rearview up --once` over folders with native YARA-X that scans the same files in one
 * process, with the project's own rules: CPU time of all threads, and the most memory. The start,
 * the tests of the rules and the listing are part of it.
 * @param folders default: `/usr`
 */
export async function benchUp(...folders: string[]): Promise<void> {
  const roots = folders.length === 0 ? ['/usr'] : folders.map((folder) => resolve(folder));
  const dir = await mkdtemp(join(tmpdir(), 'rearview-bench-'));
  try {
    const whole = await measureUp(dir, roots, []);
    print(
      `corpus      ${whole.files} files of ${roots.join(' ')}, ${(whole.bytes / 1e6).toFixed(0)} MB; ${workers} workers; Node ${process.version}`,
    );
    if (whole.files < leastFiles) print(`            fewer than ${leastFiles} files: the start counts for more`);
    const native = (await hasNativeYara()) ? await measureNative(dir, roots) : null;
    line('up --once', whole, native);
    line('--no-unpack', await measureUp(dir, roots, ['--no-unpack']), native);
    line('<= 16 MiB', await measureUp(dir, roots, ['--max-size', '16MiB']), null);
    if (native === null) print(`native      not installed (${nativePackage})`);
    else line('native', native, null);
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** A process with a new state folder. */
async function measureUp(dir: string, roots: readonly string[], flags: readonly string[]): Promise<Run> {
  const [stateDir, usageFile] = [join(dir, 'state'), join(dir, 'usage')];
  const report = `import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(usageFile)}, JSON.stringify(process.resourceUsage())));`;
  await run(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'],
      ...['--import', `data:text/javascript,${encodeURIComponent(report)}`],
      ...[cli, 'up', '--once', '--state', stateDir, '--rules', rulesDir, '--webhook', 'none', '--jobs', `${workers}`],
      ...[...roots.flatMap((root) => ['--corpus', root]), ...flags],
    ],
    { maxBuffer: 1 << 28 },
  );
  const target = await openLocalTarget({ stateDir });
  try {
    const [scan] = await target.state.scans.list({ kind: 'retro', limit: 1 });
    if (scan?.state !== 'completed') throw new Error(`The scan is ${scan?.state}.`);
    const { objects: files, bytes, matches } = scan.counts;
    const usage = usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8')));
    const cpuSeconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
    return { files, bytes, matches, cpuSeconds, peakBytes: usage.maxRSS * 1024 };
  } finally {
    await target.close();
    await rm(stateDir, { recursive: true });
  }
}

async function measureNative(dir: string, roots: readonly string[]): Promise<Run> {
  const { ruleset } = await prepareRules({ rulesDir, lint: false, image: 'keep' });
  if (ruleset === null) throw new Error(`The rules in ${rulesDir} do not compile.`);
  const sources = join(dir, 'native-rules.json');
  await writeFile(sources, JSON.stringify(ruleset.sources));
  const { stdout } = await run('python3', [nativeScript, sources, ...roots]);
  return nativeSchema.parse(JSON.parse(stdout));
}

function line(name: string, { files, matches, cpuSeconds, peakBytes }: Run, native: Run | null): void {
  const ratio = native === null ? '' : ` = ${(cpuSeconds / native.cpuSeconds).toFixed(2)} x native`;
  const perFile = ((1000 * cpuSeconds) / files).toFixed(2);
  print(
    `${name.padEnd(12)}${cpuSeconds.toFixed(1)} CPU s${ratio}, ${perFile} ms a file; at most ${(peakBytes / 1e6).toFixed(0)} MB of memory; ${files} files, ${matches} matches`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
