/**
 * One way to scan, in a separate process:
 * `node bench/engine-subject.ts <subject> <task> <rules dir or image> <file of paths>`. Prints one
 * line of JSON. Imports are part of the measurement, so each subject imports its own.
 */
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { externalsOf } from '../src/domain/rulesets/externals.ts';

/** A subject that scans bytes and returns how many rules matched. */
type Scan = (bytes: Uint8Array<ArrayBuffer>) => number;

const [subject = '', task = '', rules = '', list = ''] = process.argv.slice(2);
const tenBytes = new Uint8Array(10);

async function openPackage(): Promise<Scan> {
  const yara = await import('@virustotal/yara-x');
  const wasm = new URL('./yara_x_js_bg.wasm', import.meta.resolve('@virustotal/yara-x'));
  yara.initSync({ module: readFileSync(wasm) });
  const compiler = new yara.Compiler();
  for (const { namespace, source } of await sources()) {
    compiler.newNamespace(namespace);
    compiler.addSource(source);
  }
  const compiled = compiler.build();
  return (bytes) => (compiled.scan(bytes) as { matches: unknown[] }).matches.length;
}

/** From the data of a worker. */
async function openImage(): Promise<Scan> {
  const { loadImage } = await import('../src/engine/loaded-ruleset.ts');
  const [{ compiledEngineModule }, { engineSha256 }] = await Promise.all([
    import('../src/engine/yara.ts'),
    import('../src/engine/module/engine-module.ts'),
  ]);
  const origin = { module: compiledEngineModule(), engineSha256: engineSha256() };
  const loaded = loadImage(deserialize(readFileSync(rules)), origin);
  return (bytes) => loaded.scan(bytes, externalsOf('/a/b.c')).length;
}

/** Compiled, as a worker does without an image. */
async function openSources(): Promise<Scan> {
  const { loadSources } = await import('../src/engine/load-sources.ts');
  const [{ compiledEngineModule }, { engineSha256 }] = await Promise.all([
    import('../src/engine/yara.ts'),
    import('../src/engine/module/engine-module.ts'),
  ]);
  const origin = { module: compiledEngineModule(), engineSha256: engineSha256() };
  const loaded = loadSources(await sources(), origin);
  return (bytes) => loaded.scan(bytes, externalsOf('/a/b.c')).length;
}

async function sources() {
  const { loadRules } = await import('../src/rules/load-rules.ts');
  return (await loadRules(rules)).files;
}

function readCorpus(): Uint8Array<ArrayBuffer>[] {
  const paths = readFileSync(list, 'utf8').trim().split('\n');
  return paths.map((path) => new Uint8Array(readFileSync(path)));
}

function megabytesPerSecond(scan: Scan): unknown {
  const corpus = readCorpus();
  for (const bytes of corpus.slice(0, 10)) scan(bytes);
  const started = performance.now();
  let matches = 0;
  for (const bytes of corpus) matches += scan(bytes);
  const ms = performance.now() - started;
  return { value: corpus.reduce((sum, { length }) => sum + length, 0) / 1e3 / ms, matches };
}

function fixedMs(scan: Scan): unknown {
  const warmUp = performance.now();
  while (performance.now() - warmUp < 1_000) scan(tenBytes);
  const started = performance.now();
  let scans = 0;
  for (; performance.now() - started < 2_000; scans += 1) scan(tenBytes);
  return { value: (performance.now() - started) / scans };
}

/** Resident memory after 100 and after 10,000 scans, each after a garbage collection. */
function memory(scan: Scan): unknown {
  const corpus = readCorpus().filter(({ length }) => length < 200_000);
  const resident = (): number => {
    for (let round = 0; round < 3; round += 1) globalThis.gc?.();
    return process.memoryUsage.rss();
  };
  let early = 0;
  for (let index = 1; index <= 10_000; index += 1) {
    scan(corpus[index % corpus.length] ?? tenBytes);
    if (index === 100) early = resident();
  }
  return { value: resident() / early, early, late: resident() };
}

/** Milliseconds from the start of the process to the end of the first scan. */
function sinceProcessStart(scan: Scan): unknown {
  scan(tenBytes);
  return { value: performance.now() };
}

const open = { package: openPackage, image: openImage, sources: openSources }[subject];
const run = {
  throughput: megabytesPerSecond,
  fixed: fixedMs,
  memory,
  start: sinceProcessStart,
}[task];
if (open === undefined || run === undefined) throw new Error(`There is no subject "${subject}" or task "${task}".`);
process.stdout.write(`${JSON.stringify(run(await open()))}\n`);
