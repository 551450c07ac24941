import test, { type ExecutionContext } from 'ava';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { logicOf } from '../../domain/rulesets/ruleset.ts';
import type { Exclusion } from '../../domain/scans/exclusion.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { digestBits, emptyBits, encodeBits } from '../../index/bits.ts';
import { createContentCollector } from '../../index/content-collector.ts';
import { encodeSegment } from '../../index/segment.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { type CorpusExclusionsOptions, createCorpusExclusions } from './corpus-exclusions.ts';
import { createExclusionLedger, type ExcludedObject } from './exclusion-ledger.ts';
import { indexSettings } from './index-settings.ts';
import { writeSegment } from './write-segment.ts';

const limits = { maxObjectBytes: 10_000, largeFiles: 'skip', unpack: defaultUnpackLimits } as const;
const ruleset = (...texts: readonly string[]) =>
  buildRuleset(
    texts.map((text, index) => ({ namespace: `${index}.yar`, source: ruleFor('r', text) })),
    engineInfo(),
  );
const object = (key: string, text: string, version = '1'): ObjectInfo => ({
  ...{ bucket: 'corpus', key, version, size: text.length, arrivedAt: '2026-01-01T00:00:00.000Z' },
});

/** Two files; the second has a needle. Others make the segment larger. */
const texts = [
  'only hay here..',
  'a needle in hay',
  ...Array.from({ length: 10 }, (_, index) => `other file ${index}`),
];
const objects = texts.map((text, index) => object(`${index}`, text));
const [hay, withNeedle] = ['0', '1'];

interface Scene {
  readonly t: ExecutionContext;
  readonly options: CorpusExclusionsOptions;
  /** The keys of the objects that are excluded from a scan. */
  excluded(changed?: Partial<CorpusExclusionsOptions>, listed?: readonly ObjectInfo[]): Promise<readonly string[]>;
  /** The exclusions that a scan with this ruleset would store. */
  exclusionsOf(changed: Partial<CorpusExclusionsOptions>): Promise<readonly Exclusion[]>;
}

async function scene(t: ExecutionContext, changed: Partial<CorpusExclusionsOptions> = {}): Promise<Scene> {
  const segments = createSegmentFolder(tempFolder(t));
  const indexed = objects.map((each, index) => {
    const collector = createContentCollector();
    collector.add(Buffer.from(texts[index] ?? ''));
    return { ...each, contents: collector.result() };
  });
  await writeSegment(segments, indexed, indexSettings(limits));
  const options: CorpusExclusionsOptions = {
    ...{ segments, limits, scanId: 'retro-2', ruleset: ruleset('needle') },
    ...{ scans: { exclusionsBy: async () => [] } },
    ...changed,
  };
  const decide = async (now: CorpusExclusionsOptions, all: readonly ObjectInfo[]) => {
    const exclusions = createCorpusExclusions(now);
    const gap = logicOf(now.ruleset);
    const found: (ExcludedObject & { readonly key: string })[] = [];
    for (const [index, decision] of (await exclusions.decide(all.map((each) => ({ object: each, gap })))).entries()) {
      const { size = 0, key = '' } = all[index] ?? {};
      if (decision.kind === 'excluded') found.push({ ...decision, size, key });
    }
    return found;
  };
  return {
    ...{ t, options },
    excluded: async (more = {}, all = objects) => (await decide({ ...options, ...more }, all)).map(({ key }) => key),
    async exclusionsOf(more) {
      const excluded = await decide({ ...options, ...more }, objects);
      return createExclusionLedger([]).add(excluded)?.step.exclusions ?? [];
    },
  };
}

/** A store of exclusions that has those of an earlier scan. */
function earlier(exclusions: readonly Exclusion[], scanId = 'retro-1'): CorpusExclusionsOptions['scans'] {
  return { exclusionsBy: async () => exclusions.map((exclusion) => ({ scanId, exclusion })) };
}

/** The exclusions with other proofs. */
function doctored(
  exclusions: readonly Exclusion[],
  change: (proof: Exclusion['proofs'][number]) => Partial<Exclusion['proofs'][number]>,
): readonly Exclusion[] {
  return exclusions.map((each) => ({
    ...each,
    proofs: each.proofs.map((proof) => ({ ...proof, ...change(proof) })),
  }));
}

const nobody = emptyBits(objects.length);
const noCandidates = { bits: encodeBits(nobody), digest: digestBits(nobody), candidates: 0 };

test('what cannot match is excluded, and what can is not', async (t) => {
  const { excluded } = await scene(t);
  const found = await excluded();
  t.true(found.includes(hay));
  t.false(found.includes(withNeedle));
  t.is(found.length, objects.length - 1);
});

test('a version that is not indexed may match, and it would be excluded if versions were not compared', async (t) => {
  const { excluded } = await scene(t);
  const changed = objects.map((each) => ({ ...each, version: '2' }));
  t.deepEqual(await excluded({}, changed), []);
  const wrong = changed.map((each) => ({ ...each, version: '1' }));
  t.true((await excluded({}, wrong)).includes(hay), 'the same without the guard');
});

test('an object of another size may match, whatever its version', async (t) => {
  const { excluded } = await scene(t);
  t.deepEqual(
    await excluded(
      {},
      objects.map((each) => ({ ...each, size: each.size + 1 })),
    ),
    [],
  );
});

test('a scan that sees other bytes excludes nothing, and it would if settings were not compared', async (t) => {
  const { excluded, options } = await scene(t);
  for (const other of [
    { ...limits, unpack: null },
    { ...limits, maxObjectBytes: 9999 },
    { ...limits, largeFiles: 'head' },
  ] as const) {
    t.deepEqual(await excluded({ limits: other }), []);
    const { segments } = options;
    const lying: SegmentStore = {
      ...segments,
      list: async () => (await segments.list()).map((each) => ({ ...each, settings: indexSettings(other) })),
      read: (segment, start, length) => segments.read({ ...segment, settings: indexSettings(limits) }, start, length),
    };
    t.true((await excluded({ limits: other, segments: lying })).includes(hay));
  }
});

test('a damaged or lost segment excludes nothing, and it would if digests were not compared', async (t) => {
  const { excluded, options } = await scene(t);
  const { segments } = options;
  const damaged: SegmentStore = {
    ...segments,
    async read(segment, start, length) {
      const bytes = Uint8Array.from(await segments.read(segment, start, length));
      return start === 0 ? bytes.fill(0) : bytes;
    },
  };
  const problems: string[] = [];
  const onProblem = (message: string) => problems.push(message);
  t.deepEqual(await excluded({ segments: damaged, onProblem }), []);
  t.deepEqual(problems.length, 1, 'and says so once');
  t.regex(problems[0] ?? '', /12 objects are scanned: block 0 is damaged/);
  const lost: SegmentStore = { ...segments, read: () => Promise.reject(new Error('gone')) };
  t.deepEqual(await excluded({ segments: lost }), []);

  // The same bytes under a name of their own.
  const emptied = encodeSegment(
    objects.map((each) => {
      const collector = createContentCollector();
      collector.add(new Uint8Array(0));
      return { ...each, contents: collector.result() };
    }),
  );
  for (const each of await segments.list()) {
    await segments.retire(each);
    const { name, endOffset, bytes } = emptied;
    await segments.put({ ...each, name, endOffset, size: bytes.length }, bytes);
  }
  t.true((await excluded()).includes(withNeedle), 'a wrong segment with right digests is believed');
});

test('objects of a damaged segment are to be indexed again, unless another one has them', async (t) => {
  const { options } = await scene(t);
  const { segments } = options;
  const [damaged] = await segments.list();
  const reported: string[] = [];
  const decisions = async (store: SegmentStore) => {
    const exclusions = createCorpusExclusions({
      ...{ ...options, segments: store },
      onDamaged: async ({ name }) => void reported.push(name),
    });
    const gap = logicOf(options.ruleset);
    const decide = () => exclusions.decide(objects.map((each) => ({ object: each, gap })));
    return [await decide(), await decide()].map((page) => ({
      unindexed: page.filter((each) => each.kind === 'due' && each.unindexed === true).length,
      excluded: page.filter(({ kind }) => kind === 'excluded').length,
    }));
  };
  const isDamaged = (name: string, start: number) => name === damaged?.name && start === 0;
  const lying: SegmentStore = {
    ...segments,
    async read(segment, start, length) {
      const bytes = Uint8Array.from(await segments.read(segment, start, length));
      return isDamaged(segment.name, start) ? bytes.fill(0) : bytes;
    },
  };
  t.deepEqual(await decisions(lying), [
    { unindexed: 12, excluded: 0 },
    { unindexed: 12, excluded: 0 },
  ]);
  t.deepEqual(reported.splice(0), [damaged?.name], 'once');

  // A full disk may keep it from being retired.
  const problems: string[] = [];
  const stuck = createCorpusExclusions({
    ...{ ...options, segments: lying },
    onProblem: (message) => void problems.push(message),
    onDamaged: () => Promise.reject(new Error('no space')),
  });
  const page = await stuck.decide(objects.map((each) => ({ object: each, gap: logicOf(options.ruleset) })));
  t.true(page.every((each) => each.kind === 'due' && each.unindexed === true));
  t.regex(problems.join('\n'), /is damaged, and stays in the index: no space\n.*block 0 is damaged/);

  // A segment that cannot be read now is there again later.
  const busy: SegmentStore = {
    ...segments,
    read: (segment, start, ...rest) =>
      isDamaged(segment.name, start) ? Promise.reject(new Error('busy')) : segments.read(segment, start, ...rest),
  };
  t.is((await decisions(busy))[0]?.unindexed, 0);
  t.deepEqual(reported, []);

  // The same objects with one more.
  const more = object('more', 'another file');
  const indexed = [...objects, more].map((each, index) => {
    const collector = createContentCollector();
    collector.add(Buffer.from([...texts, 'another file'][index] ?? ''));
    return { ...each, contents: collector.result() };
  });
  await writeSegment(segments, indexed, indexSettings(limits));
  const [, second] = await decisions(lying);
  t.deepEqual(second, { unindexed: 0, excluded: 11 });
});

test('an earlier scan proved a rule: it is not evaluated again, and its candidates stay due', async (t) => {
  const { excluded, exclusionsOf, options } = await scene(t);
  const before = await exclusionsOf({ scanId: 'retro-1' });
  t.is(before[0]?.proofs.length, 1);
  const { segments } = options;
  const withoutRows: SegmentStore = {
    ...segments,
    async read(segment, start, length) {
      if (start === 0) throw new Error('rows are not read');
      return segments.read(segment, start, length);
    },
  };
  const again = await excluded({ scans: earlier(before), segments: withoutRows });
  t.deepEqual(again, await excluded());
  t.false(again.includes(withNeedle));
  const wrong = doctored(before, () => noCandidates);
  t.true((await excluded({ scans: earlier(wrong) })).includes(withNeedle), 'the same if its candidates were forgotten');
});

test('a proof of another formula or version, or a damaged one, does not count', async (t) => {
  const { excluded, exclusionsOf } = await scene(t);
  const before = await exclusionsOf({ scanId: 'retro-1' });
  for (const [name, change] of [
    ['another formula', { ...noCandidates, formula: 'f'.repeat(64) }],
    ['another version', { ...noCandidates, planner: 'rearview.planner/0' }],
    ['another digest', { ...noCandidates, digest: 'd'.repeat(64) }],
    ['another length', { ...noCandidates, bits: encodeBits(new Uint8Array(9)) }],
    ['not a set', { ...noCandidates, bits: 'AAAA' }],
  ] as const) {
    t.false((await excluded({ scans: earlier(doctored(before, () => change)) })).includes(withNeedle), name);
  }
  const otherLimits = doctored(before, () => noCandidates).map((each) => ({
    ...each,
    segment: { ...each.segment, settings: 'other' },
  }));
  t.false((await excluded({ scans: earlier(otherLimits) })).includes(withNeedle), 'of other limits');
  t.true((await excluded({ scans: earlier(doctored(before, () => noCandidates)) })).includes(withNeedle));
});

test('the segments of a page are opened and read at once', async (t) => {
  const segments = createSegmentFolder(tempFolder(t));
  const all = Array.from({ length: 12 }, (_, index) => object(`${index}`, `file ${index}`));
  for (const each of all) {
    const collector = createContentCollector();
    collector.add(Buffer.from(each.key));
    await writeSegment(segments, [{ ...each, contents: collector.result() }], indexSettings(limits));
  }
  const most = { reads: 0, ledgers: 0 };
  const atOnce = (name: keyof typeof most) => {
    let running = 0;
    return async <T>(work: () => Promise<T>): Promise<T> => {
      running += 1;
      most[name] = Math.max(most[name], running);
      await new Promise((resolve) => setImmediate(resolve));
      return work().finally(() => {
        running -= 1;
      });
    };
  };
  const [reading, asking] = [atOnce('reads'), atOnce('ledgers')];
  const gap = logicOf(ruleset('needle'));
  const exclusions = createCorpusExclusions({
    ...{ limits, scanId: 'retro-2', ruleset: ruleset('needle') },
    segments: { ...segments, read: (...given) => reading(() => segments.read(...given)) },
    scans: { exclusionsBy: () => asking(async () => []) },
  });
  await exclusions.decide([{ object: object('not indexed', 'file'), gap }]);
  t.true(most.reads >= 8 && most.ledgers > 1, JSON.stringify(most));
  most.reads = 0;
  const decisions = await exclusions.decide(all.map((each) => ({ object: each, gap })));
  t.true(decisions.every(({ kind }) => kind === 'excluded'));
  t.true(most.reads >= 4, JSON.stringify(most));
});

test('a candidate of an earlier rule needs both rules, another object the new one', async (t) => {
  const { exclusionsOf, options } = await scene(t);
  const before = await exclusionsOf({ scanId: 'retro-1' });
  const both = ruleset('needle', 'hay');
  const exclusions = createCorpusExclusions({ ...options, scans: earlier(before), ruleset: both });
  const gap = logicOf(both);
  const old = logicOf(ruleset('needle'));
  const [first, second, third] = objects;
  if (first === undefined || second === undefined || third === undefined) return t.fail();
  // Three letters are in no index: every object may match them.
  t.like((await exclusions.decide([{ object: first, gap }]))[0], { kind: 'due', logic: gap });
  const four = ruleset('needle', ' hay');
  const narrower = createCorpusExclusions({ ...options, scans: earlier(before), ruleset: four });
  const all = logicOf(four);
  const decisions = await narrower.decide([first, second, third].map((object) => ({ object, gap: all })));
  t.like(decisions[0], { kind: 'due', logic: all.filter((each) => !old.includes(each)) });
  t.like(decisions[1], { kind: 'due', logic: all });
  t.like(decisions[2], { kind: 'excluded' });
});

test('a scan that goes on has its own proofs, and counts an object once', async (t) => {
  const { exclusionsOf, excluded, options } = await scene(t);
  const before = await exclusionsOf({});
  t.deepEqual(await excluded({ scans: earlier(before, 'retro-2') }), await excluded());
  const exclusions = createCorpusExclusions({ ...options, scans: earlier(before, 'retro-2') });
  const ledger = createExclusionLedger(before);
  const gap = logicOf(options.ruleset);
  const decisions = await exclusions.decide(objects.map((object) => ({ object, gap })));
  const decided = decisions.flatMap((decision, index): ExcludedObject[] =>
    decision.kind === 'excluded' ? [{ ...decision, size: objects[index]?.size ?? 0 }] : [],
  );
  t.is(ledger.add(decided), null);
  t.is(createExclusionLedger([]).add([...decided, ...decided])?.step.objects, objects.length - 1);
});

test('the index is not opened where no object lacks logic', async (t) => {
  const { options } = await scene(t);
  const list = async () => {
    throw new Error('listed');
  };
  const exclusions = createCorpusExclusions({ ...options, segments: { ...options.segments, list } });
  t.deepEqual(await exclusions.decide([]), []);
  t.deepEqual(exclusions.problems, []);
});
