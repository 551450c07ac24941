import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { slowToCompile } from '../../testing/rules/slow-to-compile.ts';
import { buildImage } from '../build-image.ts';
import { checkRules } from '../diagnostics/check-rules.ts';
import { createScanPool } from './scan-pool.ts';
import { createSpareThreads, lengthPerThread, scanThreads } from './spare-threads.ts';
import { spawnScanWorker, startWorkerThread } from './worker-thread.ts';

function countedThreads() {
  const counted = { started: 0 };
  const spare = createSpareThreads(() => {
    counted.started += 1;
    return startWorkerThread(spawnScanWorker);
  });
  return { counted, spare };
}
const sources = [{ namespace: 'a.yar', source: 'rule a { strings: $a = "hello" condition: $a }' }];

test('checks and builds use one thread, and an image is the same as from a thread of its own', async (t) => {
  const { counted, spare } = countedThreads();
  const wrong = [{ namespace: 'b.yar', source: 'rule b { condition: missing }' }];
  const errors = [
    (await checkRules(wrong, { spare })).errors.length,
    (await checkRules(sources, { spare })).errors.length,
  ];
  const images = [await buildImage(sources, { spare }), await buildImage(sources, { spare })];
  t.deepEqual(errors, [1, 0]);
  t.is(counted.started, 1);
  const own = await buildImage(sources);
  for (const image of images) t.deepEqual(image, own);
  await spare.close();
});

test('a thread that did not finish in time, or compiled large rules, is not kept', async (t) => {
  const { counted, spare } = countedThreads();
  const late = await checkRules([{ namespace: 'slow.yar', source: slowToCompile }], { spare, deadlineMs: 50 });
  t.is(late.errors[0]?.code, 'engine/timeout');
  await t.throwsAsync(buildImage([{ namespace: 'slow.yar', source: slowToCompile }], { spare, deadlineMs: 50 }));
  t.is(counted.started, 2);
  const large = [{ namespace: 'large.yar', source: `${sources[0]?.source}${' '.repeat(lengthPerThread)}` }];
  await buildImage(large, { spare });
  await checkRules(sources, { spare });
  t.is(counted.started, 4);
  await spare.close();
});

test('idle threads end with close, and a thread that died is not used again', async (t) => {
  const { counted, spare } = countedThreads();
  const thread = spare.take();
  await spare.giveBack(thread);
  await thread.kill();
  const second = spare.take();
  t.is(counted.started, 2);
  await spare.giveBack(second);
  await spare.close();
  t.false(second.alive);
});

test('at most as many threads are kept as requested', async (t) => {
  const spare = createSpareThreads(undefined, 1);
  const [first, second] = [spare.take(), spare.take()];
  await spare.giveBack(first);
  await spare.giveBack(second);
  t.deepEqual([first.alive, second.alive], [true, false]);
  await spare.close();
});

test('a pool uses the thread of one before it, without its rules', async (t) => {
  const scanWith = async (id: string, source: string) => {
    const pool = createScanPool({ workers: 1 });
    const ruleset = { id, sources: [{ namespace: 'a.yar', source }] };
    const report = await pool.scan({ ruleset, bytes: Buffer.from('hello'), externals: externalsOf('') });
    await pool.close();
    return report.status === 'scanned' ? report.matches.map(({ rule }) => rule) : [report.status];
  };
  t.deepEqual(await scanWith('same', 'rule a { strings: $a = "hello" condition: $a }'), ['a']);
  const kept = scanThreads().take();
  await scanThreads().giveBack(kept);
  t.deepEqual(await scanWith('same', 'rule b { strings: $a = "hello" condition: $a }'), ['b']);
  const again = scanThreads().take();
  t.is(again, kept);
  await again.kill();
});

test('a thread is not kept if its pool is closed while it scans', async (t) => {
  const pool = createScanPool({ workers: 1 });
  const ruleset = { id: 'slow', sources: [{ namespace: 'a.yar', source: slowToCompile }] };
  const scan = pool.scan({ ruleset, bytes: Buffer.from('hello'), externals: externalsOf('') });
  const refused = t.throwsAsync(scan, { code: 'ERR_STATE' });
  await pool.close();
  await refused;
  const next = scanThreads().take();
  t.like(await next.ask({ type: 'check', sources }), { type: 'checked' });
  await next.kill();
});

test('idle threads do not keep a process running', (t) => {
  const script = `
    import { buildImage } from ${JSON.stringify(new URL('../build-image.ts', import.meta.url).href)};
    await buildImage(${JSON.stringify(sources)});
    console.log('built');`;
  const file = join(mkdtempSync(join(tmpdir(), 'rearview-threads-')), 'build.mjs');
  t.teardown(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, script);
  const args = ['--disable-warning=ExperimentalWarning', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  t.deepEqual([status, stdout], [0, 'built\n'], stderr);
});
