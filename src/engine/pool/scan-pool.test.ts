import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { coverThreads } from '../../testing/local/lean-process.ts';
import { slowToCompile } from '../../testing/rules/slow-to-compile.ts';
import { buildImage } from '../build-image.ts';
import type { ScanPool, ScanPoolOptions, ScanReport } from '../types.ts';
import { createScanPool } from './scan-pool.ts';
import { spawnScanWorker } from './worker-thread.ts';

coverThreads();

const ruleset = (source: string, id = source) => ({ id, sources: [{ namespace: 'a.yar', source }] });
const bytesOf = (text: string) => new TextEncoder().encode(text);
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const rules = (report: ScanReport) => (report.status === 'scanned' ? report.matches.map(({ rule }) => rule) : report);

const simple = ruleset('rule abc { strings: $a = "abc" condition: $a } rule named { condition: filename == "x.txt" }');
/** Ends after some hours. */
const endless = ruleset(
  'rule endless { condition: for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(0) == uint8(0) ) ) }',
);
/**
 * Divides the smallest integer by -1 if the file has six bytes; the engine does not guard against
 * this.
 */
const trapping = ruleset(String.raw`rule trap { condition: (0 - 9223372036854775807 - 1) \ (filesize - 7) == 1 }`);

function poolOf(t: ExecutionContext, options: ScanPoolOptions, spawn?: () => Worker): ScanPool {
  const pool = createScanPool(options, spawn);
  t.teardown(() => pool.close());
  return pool;
}

const scan = (pool: ScanPool, set: ReturnType<typeof ruleset>, text: string, deadlineMs?: number) =>
  pool.scan({
    ruleset: set,
    bytes: bytesOf(text),
    externals: externalsOf('/srv/x.txt'),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });

test('a scan reports hashes, size and matches, and takes the buffer', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const bytes = bytesOf('xabc');
  const report = await pool.scan({ ruleset: simple, bytes, externals: externalsOf('/srv/x.txt') });
  t.like(report, { status: 'scanned', size: 4, sha256: digest('sha256', 'xabc'), md5: digest('md5', 'xabc') });
  t.deepEqual(rules(report), ['abc', 'named']);
  t.is(bytes.byteLength, 0);
  await t.throwsAsync(pool.scan({ ruleset: simple, bytes, externals: externalsOf('') }), { instanceOf: TypeError });
});

test('bytes that are part of a larger buffer are copied, and the rest stays with its owner', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const whole = bytesOf('__abc__');
  const report = await pool.scan({ ruleset: simple, bytes: whole.subarray(2, 5), externals: externalsOf('') });
  t.like(report, { status: 'scanned', size: 3, sha256: digest('sha256', 'abc') });
  t.is(whole.byteLength, 7);
});

test('an empty file is scanned', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const report = await scan(pool, ruleset('rule empty { condition: filesize == 0 }'), '');
  t.like(report, { status: 'scanned', size: 0, sha256: digest('sha256', '') });
  t.deepEqual(rules(report), ['empty']);
});

test('a scan that exceeds its deadline affects only that file', async (t) => {
  const pool = poolOf(t, { workers: 2 });
  await pool.warm(simple);
  const [slow, neighbour] = await Promise.all([scan(pool, endless, 'a', 1_000), scan(pool, simple, 'abc')]);
  t.like(slow, { status: 'failed', reason: 'timeout', size: 1, sha256: digest('sha256', 'a') });
  t.deepEqual(rules(neighbour), ['abc', 'named']);
  t.deepEqual(rules(await scan(pool, simple, 'abc')), ['abc', 'named']);
});

test('compiling does not count against the deadline', async (t) => {
  const slowToLoad = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ type }) => {
      if (type === 'load') return setTimeout(() => parentPort.postMessage({ type: 'loaded', ms: 3200, memoryBytes: 1, image: null }), 3200);
      parentPort.postMessage({ type: 'hashed', sha256: 'a', md5: 'b' });
      parentPort.postMessage({ type: 'scanned', matches: [], variableProblems: [], engineMs: 1, inside: null });
    });`;
  const pool = poolOf(t, { workers: 1, deadlineMs: 3_000 }, () => new Worker(slowToLoad, { eval: true, execArgv: [] }));
  t.deepEqual(await scan(pool, simple, 'abc'), {
    status: 'scanned',
    sha256: 'a',
    md5: 'b',
    size: 3,
    matches: [],
    engineMs: 1,
  });
});

test('a ruleset that takes too long to compile fails in time, for each object that waits for it', async (t) => {
  const pool = poolOf(t, { workers: 1, loadDeadlineMs: 50 });
  const slow = ruleset(slowToCompile, 'slow');
  const outcomes = await Promise.all(
    [1, 2, 3].map(() =>
      t.throwsAsync(scan(pool, slow, 'a'), {
        code: 'ERR_RULES_TIMEOUT',
        message: /ruleset slow within 50 ms.*"rearview rules check"/,
      }),
    ),
  );
  // One of them waited; the others got its result.
  t.is(new Set(outcomes).size, 1);
});

test('an image that hangs while it is loaded is refused once, and the sources are compiled', async (t) => {
  const hanging = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ type, origin }) => {
      if (type === 'load' && origin.from === 'image') return;
      if (type === 'load') return parentPort.postMessage({ type: 'loaded', ms: 1, memoryBytes: 1, image: null });
      parentPort.postMessage({ type: 'hashed', sha256: 'a', md5: 'b' });
      parentPort.postMessage({ type: 'scanned', matches: [], variableProblems: [], engineMs: 1 });
    });`;
  const refused: string[] = [];
  const options = {
    workers: 1,
    loadDeadlineMs: 5_000,
    onImageRefused: (id: string, why: string) => void refused.push(`${id}: ${why}`),
  };
  const pool = poolOf(t, options, () => new Worker(hanging, { eval: true, execArgv: [] }));
  const image = await buildImage(simple.sources);
  for (const id of ['one', 'one', 'two'])
    t.like(await scan(pool, { ...simple, id, image } as typeof simple, 'abc'), { status: 'scanned' });
  t.deepEqual(refused, ['one: it was not loaded within 5000 ms', 'two: it was not loaded within 5000 ms']);
});

test('printed text is reported with the scan, in order and bounded, whatever the outcome of the scan', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const printing = (condition: string) => ruleset(`import "console" rule p { condition: ${condition} }`);
  const both = printing('console.log(filepath) and console.log("b\\n::error::c") and console.hex("d", uint8(0))');
  const printed = { lines: ['/srv/x.txt', 'b\n::error::c', 'd0x61'], dropped: 0 };
  t.like(await scan(pool, both, 'abc'), { status: 'scanned', printed });
  t.like(await scan(pool, both, 'abc'), { status: 'scanned', printed });
  t.false('printed' in (await scan(pool, simple, 'abc')));
  const loop = printing('for all i in (1..1000) : ( console.log("i", i) )');
  const many = await scan(pool, loop, 'abc');
  t.deepEqual(many.printed?.lines.slice(0, 2), ['i1', 'i2']);
  t.deepEqual([many.printed?.lines.length, many.printed?.dropped], [100, 900]);
  const trapped = printing(String.raw`console.log("last") and (0 - 9223372036854775807 - 1) \ (filesize - 7) == 1`);
  t.like(await scan(pool, trapped, '123456'), { status: 'failed', printed: { lines: ['last'], dropped: 0 } });
});

test('text printed before a scan that never ends is reported with its failure', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const set = ruleset(
    'import "console" rule p { condition: console.log("begin") and filesize == 1 and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(0) == uint8(0) ) ) }',
  );
  // A short scan, so that the endless one has nothing to prepare.
  t.like(await scan(pool, set, 'ab'), { printed: { lines: ['begin'], dropped: 0 } });
  const report = await scan(pool, set, 'a', 2_000);
  t.like(report, { status: 'failed', reason: 'timeout', printed: { lines: ['begin'], dropped: 0 } });
});

test('a trap in the engine affects only that file', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  t.like(await scan(pool, trapping, '123456'), {
    status: 'failed',
    reason: 'engine_crash',
    detail: 'The engine trapped: divide result unrepresentable.',
    size: 6,
    sha256: digest('sha256', '123456'),
  });
  t.deepEqual(rules(await scan(pool, trapping, '12345')), []);
});

test('a dead worker is replaced, and the failed scan is reported', async (t) => {
  const dying = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ type }) => {
      if (type === 'load') parentPort.postMessage({ type: 'loaded', ms: 1, memoryBytes: 1, image: null });
      else process.exit(9);
    });`;
  let spawned = 0;
  const pool = poolOf(t, { workers: 1 }, () => {
    spawned += 1;
    return new Worker(dying, { eval: true, execArgv: [] });
  });
  for (const round of [1, 2]) {
    const report = await scan(pool, simple, 'abc');
    t.like(report, { status: 'failed', reason: 'engine_crash', detail: 'The worker exited with code 9.', size: 3 });
    t.false('sha256' in report);
    t.is(spawned, round);
  }
});

test('a worker without memory for its JavaScript is reported as out of memory', async (t) => {
  const greedy = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ type }) => {
      if (type === 'load') parentPort.postMessage({ type: 'loaded', ms: 1, memoryBytes: 1, image: null });
      else for (const all = []; ; ) all.push(Array(1000).fill(0));
    });`;
  const spawn = () => new Worker(greedy, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 8 } });
  t.like(await scan(poolOf(t, { workers: 1 }, spawn), simple, 'abc'), { status: 'failed', reason: 'out_of_memory' });
});

test('a scan that exceeds its memory limit affects only that file', async (t) => {
  const pool = poolOf(t, { workers: 1, maxMemoryBytes: 64 * 1024 * 1024 });
  const large = new Uint8Array(80 * 1024 * 1024);
  const report = await pool.scan({ ruleset: simple, bytes: large, externals: externalsOf('') });
  t.like(report, { status: 'failed', reason: 'out_of_memory', size: 80 * 1024 * 1024 });
  t.deepEqual(rules(await scan(pool, simple, 'abc')), ['abc', 'named']);
});

test('workers and their replacements start from the image only', async (t) => {
  const image = await buildImage([
    ...simple.sources,
    ...trapping.sources.map(({ source }) => ({ namespace: 'b.yar', source })),
  ]);
  // Compiling these sources would report an error.
  const refused: string[] = [];
  const pool = poolOf(t, { workers: 2, onImageRefused: (id) => refused.push(id) });
  const set = { id: 'imaged', sources: [{ namespace: 'x', source: 'no rule' }], image };
  t.deepEqual(rules(await scan(pool, set, 'abc')), ['abc', 'named']);
  t.like(await scan(pool, set, '123456'), { status: 'failed', reason: 'engine_crash' });
  t.deepEqual(rules(await scan(pool, set, 'abc')), ['abc', 'named']);
  t.deepEqual(refused, []);
});

test('an image that does not fit is refused once, and the sources are compiled instead', async (t) => {
  const image = await buildImage(simple.sources);
  if (image === null) return t.fail();
  const refused: string[] = [];
  const pool = poolOf(t, { workers: 2, onImageRefused: (id, why) => refused.push(`${id}: ${why}`) });
  const other = { ...simple, id: 'other', image: { ...image, engineSha256: '0'.repeat(64) } };
  const damaged = { ...simple, id: 'damaged', image: { ...image, memory: image.memory.subarray(0, 1000) } };
  for (const set of [other, damaged, other, damaged])
    t.deepEqual(rules(await scan(pool, set, 'abc')), ['abc', 'named']);
  await pool.warm(other);
  t.is(refused.length, 2);
  t.regex(refused[0] ?? '', /^other: .*another engine module/);
  t.regex(refused[1] ?? '', /^damaged: .*damaged/);
});

test('rulesets that together take too much memory for a worker are dropped, but one is kept', async (t) => {
  const pool = poolOf(t, { workers: 1, rulesetBytesPerWorker: 1 });
  const [a, b] = ['a', 'b'].map((id) => ruleset(`rule ${id} { condition: filesize > 0 }`, id));
  if (a === undefined || b === undefined) return t.fail();
  const loads = async (set: typeof a) => (await pool.warm(set)) > 0;
  t.deepEqual(
    [await loads(a), await loads(a), await loads(b), await loads(b), await loads(a)],
    [true, false, true, false, true],
  );
});

test('a ruleset that does not compile is refused, and the worker continues', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const invalid = ruleset('rule a { condition: nope }');
  await t.throwsAsync(scan(pool, invalid, 'x'), { code: 'ERR_RULES_INVALID', message: /a\.yar:1:21/ });
  await t.throwsAsync(pool.warm(invalid), { code: 'ERR_RULES_INVALID' });
  t.deepEqual(rules(await scan(pool, simple, 'abc')), ['abc', 'named']);
});

test('a ruleset that crashes the compiler is refused, and the pool continues', async (t) => {
  const pool = poolOf(t, { workers: 1 });
  const bomb = ruleset(`rule bomb { condition: ${'not '.repeat(40_000)}true }`, 'bomb');
  await t.throwsAsync(scan(pool, bomb, 'x'), { code: 'ERR_RULES_INVALID', message: /crashed twice/ });
  t.deepEqual(rules(await scan(pool, simple, 'abc')), ['abc', 'named']);
});

test('a worker keeps the last used rulesets and compiles a dropped one again', async (t) => {
  const pool = poolOf(t, { workers: 1, rulesetsPerWorker: 2 });
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ruleset(`rule ${id} { condition: filesize > 0 }`, id));
  if (a === undefined || b === undefined || c === undefined) return t.fail();
  const compiles = async (set: typeof a) => (await pool.warm(set)) > 0;
  t.deepEqual([await compiles(a), await compiles(b), await compiles(a)], [true, true, false]);
  t.true(await compiles(c), 'which evicts b, because a was used after it');
  t.deepEqual([await compiles(a), await compiles(b)], [false, true]);
  t.deepEqual(rules(await scan(pool, b, 'x')), ['b']);
});

test('many scans over many workers give the same results', async (t) => {
  const pool = poolOf(t, { workers: 3 });
  const texts = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'abc' : 'xyz'));
  const run = async () => (await Promise.all(texts.map((text) => scan(pool, simple, text)))).map(rules);
  const first = await run();
  t.deepEqual(first.slice(0, 2), [['abc', 'named'], ['named']]);
  t.deepEqual(await run(), first);
});

test('closing rejects running, waiting and new scans', async (t) => {
  const pool = createScanPool({ workers: 1 });
  await pool.warm(endless);
  const underWay = t.throwsAsync(scan(pool, endless, 'a'), { code: 'ERR_STATE' });
  const waiting = t.throwsAsync(scan(pool, simple, 'abc'), { code: 'ERR_STATE' });
  await Promise.all([pool.close(), pool.close(), underWay, waiting]);
  await t.throwsAsync(scan(pool, simple, 'abc'), { code: 'ERR_STATE' });
  await t.throwsAsync(pool.warm(simple), { code: 'ERR_STATE' });
});

/** A worker that writes down what its rulesets are made from. */
function recordingWorker(log: string[]): () => Worker {
  return () => {
    const worker = spawnScanWorker();
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: unknown, ...rest: []) => {
      if (isLoad(message)) log.push(message.origin.from);
      post(message, ...rest);
    };
    return worker;
  };
}

function isLoad(message: unknown): message is { readonly origin: { readonly from: string } } {
  return typeof message === 'object' && message !== null && 'origin' in message;
}

const large = { namespace: 'z.yar', source: `// ${'x'.repeat(300 * 1024)}\nrule last { condition: true }` };
const withLarge = (id: string, source: string) => ({ id, sources: [{ namespace: 'a.yar', source }, large] });

test('a ruleset that differs in a few files from one that was loaded is loaded on top of it', async (t) => {
  const origins: string[] = [];
  const pool = poolOf(t, { workers: 1 }, recordingWorker(origins));
  const [one, two, none] = ['one', 'two', 'none'].map((name) => withLarge(name, `rule ${name} { condition: true }`));
  if (one === undefined || two === undefined || none === undefined) return t.fail();
  t.deepEqual(rules(await scan(pool, one, 'a')), ['one', 'last']);
  t.deepEqual(rules(await scan(pool, two, 'a')), ['two', 'last']);
  t.deepEqual(rules(await scan(pool, { ...none, sources: [large] }, 'a')), ['last']);
  t.deepEqual(origins, ['sources', 'layers', 'layers']);
});

test('a file that a replaced rule cannot scan is scanned with the ruleset alone', async (t) => {
  const origins: string[] = [];
  const pool = poolOf(t, { workers: 1 }, recordingWorker(origins));
  const [bad] = trapping.sources;
  t.like(await scan(pool, withLarge('bad', bad?.source ?? ''), 'sixsix'), { status: 'failed', reason: 'engine_crash' });
  const good = withLarge('good', 'rule good { condition: filesize == 6 }');
  t.deepEqual(rules(await scan(pool, good, 'sixsix')), ['good', 'last']);
  t.deepEqual(origins, ['sources', 'layers', 'sources']);
});
