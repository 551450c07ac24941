import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareRules } from '../src/app/rulesets/prepare-rules.ts';
import { defaultUnpackLimits } from '../src/domain/inside/limits.ts';
import { externalsOf } from '../src/domain/rulesets/externals.ts';
import { loadImage } from '../src/engine/loaded-ruleset.ts';
import { engineSha256 } from '../src/engine/module/engine-module.ts';
import { compiledEngineModule } from '../src/engine/yara.ts';
import { formatsOf } from '../src/unpack/formats.ts';
import { createSevenZipShelf } from '../src/unpack/seven-zip-shelf.ts';
import { unpack } from '../src/unpack/unpack.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const ownRules = fileURLToPath(new URL('../rules', import.meta.url));
const rounds = 5;
/** More: one takes microseconds, and what else happens on the machine shows. */
const sniffingRounds = 11;

interface Subject {
  readonly name: string;
  /** Makes the archive `to` of the folder `from`. */
  readonly make: (from: string, to: string) => readonly string[];
  /** Extracts it to nowhere. */
  readonly native: (archive: string) => readonly string[];
}

const sevenZip = (type: string, ...options: string[]): Subject => ({
  name: type,
  make: (from, to) => ['7zz', 'a', `-t${type}`, ...options, to, from],
  native: (archive) => ['7zz', 't', '-mmt1', archive],
});
const packedTar = (name: string, tool: string): Subject => ({
  name,
  make: (from, to) => ['sh', '-c', `tar cf - "${from}" | ${tool} -c > "${to}"`],
  native: (archive) => ['sh', '-c', `${tool} -dc < "${archive}" > /dev/null`],
});
const subjects: readonly Subject[] = [
  sevenZip('zip'),
  sevenZip('7z', '-mx3', '-mmt1'),
  { name: 'tar', make: (from, to) => ['tar', 'cf', to, from], native: (archive) => ['tar', 'xOf', archive] },
  packedTar('tar.gz', 'gzip'),
  packedTar('tar.bz2', 'bzip2'),
  packedTar('tar.xz', 'xz'),
  packedTar('tar.zst', 'zstd'),
];

/**
 * What opening costs. First the megabytes of members per second by format, and the ratio to the
 * native tool where it is installed; members are not scanned. Then the cost of looking for formats
 * in files that are no containers, as a part of the time to scan them.
 */
export async function benchUnpack(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rearview-unpack-'));
  try {
    // Some two thousand small files of text, none of them a container.
    const from = join(project, 'node_modules/zod');
    for (const subject of subjects) await benchFormat(subject, from, join(dir, `bench.${subject.name}`));
  } finally {
    rmSync(dir, { recursive: true });
  }
  await benchSniffing();
}

async function benchFormat({ name, make, native }: Subject, from: string, archive: string): Promise<void> {
  const [tool = '', ...args] = make(from, archive);
  if (spawnSync(tool, args, { stdio: 'ignore' }).status !== 0) return print(`${name.padEnd(8)} no tool makes it here`);
  const content = readFileSync(archive);
  const shelf = createSevenZipShelf();
  await shelf.fill();
  let bytes = 0;
  const ours = await fastest(async () => {
    const options = { limits: defaultUnpackLimits, now: () => performance.now(), shelf, onMember: () => null };
    bytes = (await unpack(content, name, options))?.bytes ?? 0;
  });
  const theirs = await fastest(async () => {
    const [command = '', ...given] = native(archive);
    execFileSync(command, given, { stdio: 'ignore' });
  });
  const megabytes = bytes / 1e6;
  print(
    `${name.padEnd(8)} ${(megabytes / ours).toFixed(0).padStart(5)} MB/s of members; ${(ours / theirs).toFixed(1)} x the time of ${native(archive)[0] === 'sh' ? 'the native tool' : native(archive)[0]}`,
  );
}

/** Seconds of the fastest of some rounds. */
async function fastest(work: () => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await work();
    best = Math.min(best, (performance.now() - startedAt) / 1000);
  }
  return best;
}

async function benchSniffing(): Promise<void> {
  const { ruleset } = await prepareRules({ rulesDir: ownRules, lint: false, image: 'build' });
  if (!ruleset?.image) throw new Error('The rules of the project do not compile.');
  const origin = { module: compiledEngineModule(), engineSha256: engineSha256() };
  const rules = loadImage(ruleset.image, origin);
  const externals = externalsOf('/a/b.c');
  const files = plainFiles();
  let [scan, sniff] = [0, 0];
  for (const bytes of files) {
    const times: [scan: number, sniff: number][] = [];
    for (let round = 0; round < sniffingRounds; round += 1) {
      const startedAt = performance.now();
      rules.scan(bytes, externals);
      // A worker looks for members once the file itself is scanned.
      const scannedAt = performance.now();
      formatsOf(bytes);
      times.push([scannedAt - startedAt, performance.now() - scannedAt]);
    }
    scan += Math.min(...times.map(([each]) => each));
    sniff += Math.min(...times.map(([, each]) => each));
  }
  const megabytes = files.reduce((sum, { length }) => sum + length, 0) / 1e6;
  print(
    `sniffing ${files.length} files that are no containers, ${megabytes.toFixed(0)} MB: ${((100 * sniff) / scan).toFixed(2)} % of the time to scan them with ${ruleset.rules.length} rules`,
  );
  rules.free();
}

/** Programs and libraries of this machine, scripts and texts of this project. */
function plainFiles(): readonly Buffer[] {
  const folders = [
    '/usr/bin',
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    join(project, 'src/cli'),
    join(project, 'docs/reference'),
  ];
  const files: Buffer[] = [];
  for (const folder of folders) {
    for (const name of namesIn(folder).slice(0, 400)) {
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() !== true || stats.size > 5_000_000) continue;
      const bytes = readFileSync(path);
      if (formatsOf(bytes).length === 0) files.push(bytes);
    }
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
