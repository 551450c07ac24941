import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parseSegmentFile } from '../../domain/scans/segment.ts';
import { compile } from '../../engine/compile.ts';
import { narrowingOf } from '../../rules/requirement/narrowing.ts';
import { indexCorpus } from '../../testing/index/index-corpus.ts';
import { createTestTarget, type TestTarget } from '../../testing/local/test-target.ts';
import { type PlantedPattern, plantedPatterns } from '../../testing/rules/arbitrary-planted-patterns.ts';
import { runs } from '../../testing/runs.ts';
import { runBatcher } from '../scans/run-batcher.ts';
import { proveScan } from './prove-scan.ts';
import { requirementsOf } from './rule-requirements.ts';

const fileCount = 30;
const ruleCount = 6;

/** Changes of a corpus, its index and its rules. The numbers choose files, rules and bytes. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      'write',
      'write',
      'remove',
      'index',
      'index',
      'damage',
      'lose',
      'cancel',
      'scan',
      'scan',
      'scan',
    ),
    pick: fc.nat(),
  }),
  { minLength: 6, maxLength: 14 },
);
const patterns = fc.array(plantedPatterns, { minLength: 20, maxLength: 20 });

test('whatever happened to files, index and rules, a retro scan finds what a full scan finds', async (t) => {
  t.timeout(600_000);
  let [excluded, matched] = [0, 0];
  await fc.assert(
    fc.asyncProperty(steps, patterns, async (happened, all) => {
      const usable = all.filter((each) => compiles(each) && narrows(each)).slice(0, ruleCount);
      const pipeline = await createTestTarget({ teardown: (stop) => t.teardown(stop) });
      const { target } = pipeline;
      for (let index = 0; index < fileCount; index += 1) await write(pipeline, usable, index, index * 7);
      await indexCorpus(target);
      let running = await pipeline.start();
      const isDamaged = happened.some(({ what }) => what === 'damage');
      for (const { what, pick } of [...happened, { what: 'scan', pick: 2 ** ruleCount - 1 }]) {
        if (what === 'write') await write(pipeline, usable, pick % fileCount, pick);
        if (what === 'remove') await rm(join(pipeline.corpusDir, `${pick % fileCount}`), { force: true });
        if (what === 'index')
          await indexCorpus(target, { fromScratch: pick % 3 === 0, ...(pick % 2 === 0 ? { segmentBytes: 1000 } : {}) });
        if (what === 'damage') await damage(pipeline, pick, pick % 2 === 0 ? flip(pick) : empty);
        if (what === 'lose') await damage(pipeline, pick, () => null);
        if (what === 'cancel') {
          await running.stop();
          await publish(pipeline, usable, pick);
          await planAndCancel(pipeline);
          running = await pipeline.start();
        }
        if (what !== 'scan') continue;
        await publish(pipeline, usable, pick);
        const scan = await pipeline.retro();
        t.is(scan.state, 'completed');
        const { counts } = scan;
        t.is(counts.objects, scan.listed.objects);
        t.is(counts.objects, counts.scanned + counts.covered + counts.excluded + counts.skipped + counts.failed);
        t.is(counts.failed + counts.skipped, 0);
        excluded += counts.excluded;
        const ruleset = await target.library.get(scan.rulesetId);
        const proof = await proveScan({ scan, ruleset, scans: target.state.scans, segments: target.segments });
        const wrong = proof.wrong.filter((each) => !isDamaged || !each.endsWith('damaged.'));
        t.deepEqual(wrong, []);
        t.is(proof.gone, 0);
      }
      const found = await matchesOf(pipeline);
      matched += found.length;
      await pipeline.retro({ full: true });
      t.deepEqual(await matchesOf(pipeline), found, 'a full scan finds nothing more');
      await running.stop();
    }),
    { numRuns: runs(60), endOnFailure: true },
  );
  t.log(`${excluded} excluded, ${matched} matches`);
  t.true(excluded > 200, `${excluded} excluded`);
  t.true(matched > 10, `${matched} matches`);
});

async function matchesOf({ target }: TestTarget): Promise<readonly string[]> {
  const { matches } = await target.state.matches.list({ filter: {}, limit: 10_000 });
  return matches.map(({ ruleId, sha256 }) => `${ruleId} ${sha256}`).sort();
}

/** Writes a file that has what some rules look for. */
async function write({ corpusDir }: TestTarget, all: readonly PlantedPattern[], index: number, pick: number) {
  const planted = pick % 4 === 0 ? all[pick % all.length]?.sample : undefined;
  const parts = [`file ${index} `, planted ?? '', ' and more '.repeat(pick % 50)];
  await writeFile(join(corpusDir, `${index}`), Buffer.concat(parts.map((part) => Buffer.from(part))));
}

/** Publishes some of the rules. */
async function publish(pipeline: TestTarget, all: readonly PlantedPattern[], pick: number) {
  const some = all.flatMap(({ text }, index) => {
    const isPublished = index === 0 || ((pick >>> index) & 1) === 1;
    return isPublished ? [[`${index}.yar`, `rule r { strings: $a = ${text} condition: $a }`] as const] : [];
  });
  await pipeline.publish(Object.fromEntries(some));
}

async function damage({ dir }: TestTarget, pick: number, change: (bytes: Uint8Array) => Uint8Array | null) {
  const folder = join(dir, 'state', 'index');
  const names = (await readdir(folder)).filter((file) => parseSegmentFile(file) !== null).sort();
  const name = names[pick % names.length];
  if (name === undefined) return;
  const changed = change(await readFile(join(folder, name)));
  await (changed === null ? rm(join(folder, name)) : writeFile(join(folder, name), changed));
}

/** One bit of a segment changes, which is enough. */
function flip(pick: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => bytes.with(pick % bytes.length, (bytes[pick % bytes.length] ?? 0) ^ 0x10);
}

/** The filters of a segment become empty, as if nothing had any grams. */
function empty(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes).fill(0, 0, Math.floor(bytes.length * 0.4));
}

/** A scan that excludes objects, and is cancelled before it scans the others. */
async function planAndCancel(pipeline: TestTarget): Promise<void> {
  const { target } = pipeline;
  const { scans, records, queues } = target.state;
  const { id } = await pipeline.begin();
  const batcher = {
    ...{ scans, records, queues, library: target.library, previews: target.previews, segments: target.segments },
    ...{ maxObjectBytes: target.maxObjectBytes, largeFiles: target.largeFiles, unpack: target.unpack },
    ...{ now: Date.now, observe: () => undefined, readersFor: async () => target.readers, owner: 'test' },
  };
  await runBatcher(batcher, id, AbortSignal.timeout(60_000));
  await scans.setState(id, ['running'], 'cancelled', { at: new Date().toISOString() });
}

function narrows({ text }: PlantedPattern): boolean {
  const source = `rule r { strings: $a = ${text} condition: $a }`;
  return requirementsOf([{ namespace: 'r', source }]).every(
    ({ requirement }) => narrowingOf(requirement).kind !== 'nothing',
  );
}

function compiles({ text }: PlantedPattern): boolean {
  try {
    compile([{ namespace: 'r', source: `rule r { strings: $a = ${text} condition: $a }` }])[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}
