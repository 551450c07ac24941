import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPathObjectReader } from '../src/adapters/local/files/path-object-store.ts';
import { createSegmentFolder } from '../src/adapters/local/files/segment-folder.ts';
import { createByteBudget } from '../src/app/analysis/byte-budget.ts';
import { buildIndex, pagesOfCorpus } from '../src/app/index/build-index.ts';
import { queryIndex } from '../src/app/index/corpus-index.ts';
import { indexSettings } from '../src/app/index/index-settings.ts';
import { requirementsOf } from '../src/app/index/rule-requirements.ts';
import { prepareRules } from '../src/app/rulesets/prepare-rules.ts';
import type { ObjectInfo } from '../src/domain/objects/object.ts';
import { decodePath } from '../src/domain/objects/path-key.ts';
import { externalsOf } from '../src/domain/rulesets/externals.ts';
import { loadSources } from '../src/engine/load-sources.ts';
import { loadImage } from '../src/engine/loaded-ruleset.ts';
import { engineSha256 } from '../src/engine/module/engine-module.ts';
import { createScanPool } from '../src/engine/pool/scan-pool.ts';
import { compiledEngineModule } from '../src/engine/yara.ts';
import { createContentCollector } from '../src/index/content-collector.ts';
import type { ObjectReader } from '../src/ports/object-store.ts';
import { loadRules } from '../src/rules/load-rules.ts';
import { narrowingOf } from '../src/rules/requirement/narrowing.ts';
import { countRequests, measurePlan, modelLines } from './index-model.ts';
import { hasNativeYara, nativePackage, runNativeYara } from './native-yara.ts';

const publicRules = fileURLToPath(new URL('../../shared/data/reversinglabs-yara-rules', import.meta.url));
const ownRules = fileURLToPath(new URL('../rules', import.meta.url));
const limits = { maxObjectBytes: 20_000_000, largeFiles: 'skip', unpack: null } as const;
const typicalRule =
  'rule typical { strings: $a = "cmd.exe /c whoami" nocase wide ascii $b = { 6A 40 68 00 30 00 00 6A 14 8D 91 } $c = /https?:\\/\\/[a-z0-9]{4,20}\\.onion/ condition: filesize < 5MB and any of them }';
const timedRules = 40;
const countedRules = 10;
const sampleFiles = 300;

/**
 * An index over the files of a folder, without members: its size, what it costs beside a scan, how
 * many files each rule has to read, and a search with one new rule against a scan of everything by
 * native YARA-X.
 */
export async function benchIndex(folder = '/usr', files = '60000'): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rearview-index-'));
  try {
    await measure(dir, folder, Number(files));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function measure(dir: string, folder: string, most: number): Promise<void> {
  const reader = firstObjects(createPathObjectReader({ bucket: 'file', roots: [folder] }), most);
  const scans = { hasExclusionsBy: async () => false };
  const readers = new Map([['file', reader]]);
  const corpus = { readers, buckets: ['file'] };
  const segments = createSegmentFolder(join(dir, 'index'));
  const pool = createScanPool({ workers: availableParallelism() });
  try {
    const started = usage();
    const built = await buildIndex({ ...corpus, limits, pool, budget: createByteBudget(2e8), segments, scans });
    const { bytes, indexBytes } = built;
    print(`${built.indexed} files, ${megabytes(bytes)}, ${built.notIndexed} not indexed; built in ${started()}`);
    print(`index ${megabytes(indexBytes)}: ${percent(indexBytes / bytes)} of the data`);

    const rulesDir = existsSync(publicRules) ? publicRules : ownRules;
    const { files } = await loadRules(rulesDir);
    const reading = usage();
    const rules = requirementsOf(files);
    const narrow = rules.filter(({ requirement }) => narrowingOf(requirement).kind !== 'nothing').length;
    print(`${rules.length} rules: ${percent(narrow / rules.length)} narrow; read in ${reading()}`);

    const query = (wanted: typeof rules) =>
      queryIndex(
        segments,
        indexSettings(limits),
        wanted.map(({ requirement }) => requirement),
      );
    const objects: ObjectInfo[] = [];
    for await (const page of pagesOfCorpus(corpus)) objects.push(...page);
    const all = usage();
    const answer = await query(rules);
    print(`all rules at once: ${all()}, ${megabytes(answer.bytesRead)} of the index read`);
    const counts = new Uint32Array(rules.length);
    for (const object of objects) {
      for (const position of answer.candidateFor(object) ?? []) counts[position] = (counts[position] ?? 0) + 1;
    }
    const shares = [...counts].map((count) => count / built.indexed).sort((a, b) => a - b);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    print(
      `files that a rule has to read: median ${percent(at(shares, 0.5))}, p90 ${percent(at(shares, 0.9))}, mean ${percent(mean)}; ${percent(shares.filter((share) => share === 0).length / shares.length)} of the rules read none`,
    );
    const one = await query(rules.slice(0, 1));
    const looking = usage();
    for (const object of objects) one.candidateFor(object);
    const lookMs = looking.cpuMs();
    const times: number[] = [];
    const step = Math.max(1, Math.floor(rules.length / timedRules));
    for (let index = 0; index < rules.length; index += step) {
      const from = performance.now();
      await query(rules.slice(index, index + 1));
      times.push(performance.now() - from);
    }
    times.sort((a, b) => a - b);
    print(
      `a rule by itself: median ${at(times, 0.5).toFixed(0)} ms, p90 ${at(times, 0.9).toFixed(0)} ms, from cold; ${lookMs.toFixed(0)} ms to look up all files`,
    );

    await benchCost(rulesDir, objects);
    await benchSearch(query, objects, at(times, 0.5), dir);
    const share = indexBytes / bytes;
    const some = rules.filter((_, index) => index % Math.ceil(rules.length / countedRules) === 0);
    const read = await countRequests(
      dir,
      limits,
      segments,
      some.map(({ requirement }) => requirement),
    );
    const cost = await measurePlan(dir, limits, share);
    print(
      `plan of a large index: ${cost.openUs.toFixed(1)} us of CPU for each object to open it, ${cost.decideUs.toFixed(1)} us to decide (${cost.decodeUs.toFixed(0)} us if names have to be decoded); ${cost.bytes.toFixed(0)} bytes of memory; a rule takes ${read.requests.toFixed(1)} requests and ${(read.bytes / 1e3).toFixed(0)} kB for a segment`,
    );
    print('model of a retro scan with one rule in AWS, objects of 250 kB:');
    for (const line of modelLines(cost, read, { share, mean })) print(line);
  } finally {
    await pool.close();
  }
}

/** Measures the CPU time that the index adds to a scan. */
async function benchCost(rulesDir: string, objects: readonly ObjectInfo[]): Promise<void> {
  const { ruleset } = await prepareRules({ rulesDir, lint: false, image: 'build' });
  if (!ruleset?.image) throw new Error('The rules do not compile.');
  const origin = { module: compiledEngineModule(), engineSha256: engineSha256() };
  const rules = loadImage(ruleset.image, origin);
  const externals = externalsOf('/a/b.c');
  const contents = sampleOf(objects).map(({ key }) => readFileSync(decodePath(key)));
  const scan = usage();
  for (const bytes of contents) rules.scan(bytes, externals);
  const scanMs = scan.cpuMs();
  const index = usage();
  // Without the hashes, which a scan calculates whether there is an index or not.
  for (const bytes of contents) createContentCollector().add(bytes, { sha256: '0', md5: '0' });
  const indexMs = index.cpuMs();
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  print(
    `filter and facts of ${contents.length} files: ${(size / 1e3 / indexMs).toFixed(0)} MB per CPU second, ${percent(indexMs / scanMs)} of the time to scan them with ${ruleset.rules.length} rules`,
  );
  rules.free();
}

/** One new rule: the index and the files that can match, against everything with native YARA-X. */
async function benchSearch(
  query: (rules: ReturnType<typeof requirementsOf>) => ReturnType<typeof queryIndex>,
  objects: readonly ObjectInfo[],
  ruleMs: number,
  dir: string,
): Promise<void> {
  const source = { namespace: 'typical', source: typicalRule };
  const started = performance.now();
  const answer = await query(requirementsOf([source]));
  const candidates = objects.filter((object) => answer.candidateFor(object)?.length !== 0);
  const queryMs = performance.now() - started;
  const rules = loadSources([source], { module: compiledEngineModule(), engineSha256: engineSha256() });
  const from = performance.now();
  for (const { key, size } of candidates) {
    if (size <= limits.maxObjectBytes)
      rules.scan(readFileSync(decodePath(key)), externalsOf(decodePath(key).toString()));
  }
  const candidateMs = performance.now() - from;
  rules.free();
  const text = `one new rule: ${queryMs.toFixed(0)} ms for the index, ${candidateMs.toFixed(0)} ms to scan ${candidates.length} files`;
  if (!(await hasNativeYara())) return print(`${text}; not installed for a comparison: ${nativePackage}`);
  const paths = objects
    .filter(({ size }) => size <= limits.maxObjectBytes)
    .map(({ key }) => decodePath(key).toString());
  const { value: nativeMs } = await runNativeYara('files', { sources: [source], paths, folder: dir });
  print(
    `${text}; native YARA-X reads and scans all ${paths.length} in ${(nativeMs / 1000).toFixed(1)} s: ${(nativeMs / (queryMs + candidateMs)).toFixed(0)} x faster, and ${(nativeMs / ruleMs).toFixed(0)} x for the median of the rules above, which reads no file`,
  );
}

/** Every so many-th file. */
function sampleOf(objects: readonly ObjectInfo[], times = 1): readonly ObjectInfo[] {
  const small = objects.filter(({ size }) => size > 0 && size <= limits.maxObjectBytes);
  const step = Math.max(1, Math.floor(small.length / (sampleFiles * times)));
  return small.filter((_, index) => index % step === 0);
}

/** Lists only the first objects. */
function firstObjects(reader: ObjectReader, most: number): ObjectReader {
  return {
    ...reader,
    async list(options) {
      const { after } = options;
      const [from, inner] = after === null ? [0, null] : JSON.parse(after);
      const page = await reader.list({ ...options, after: inner, limit: Math.min(options.limit, most - from) });
      const count = from + page.objects.length;
      return { ...page, next: page.next === null || count >= most ? null : JSON.stringify([count, page.next]) };
    },
  };
}

/** Wall and CPU time of this process, from now. */
function usage(): { (): string; cpuMs(): number } {
  const from = performance.now();
  const cpu = process.cpuUsage();
  const cpuMs = () => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1000;
  };
  const text = () => `${((performance.now() - from) / 1000).toFixed(1)} s (${(cpuMs() / 1000).toFixed(1)} s of CPU)`;
  return Object.assign(text, { cpuMs });
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.01 ? 3 : 1)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
