import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import { type BuildIndexOptions, buildIndex, pagesOfCorpus } from './build-index.ts';
import { queryIndex } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { joinedAtOnce } from './join-segments.ts';
import { requirementsOf } from './rule-requirements.ts';

const limits = { maxObjectBytes: 10_000, largeFiles: 'skip', unpack: defaultUnpackLimits } as const;

function setUp(t: ExecutionContext) {
  const dir = tempFolder(t);
  const pool = createScanPool({ workers: 1 });
  t.teardown(() => pool.close());
  const options: BuildIndexOptions = {
    readers: new Map([['file', createPathObjectReader({ bucket: 'file', roots: [dir] })]]),
    buckets: ['file'],
    ...{ limits, pool, budget: createByteBudget(1e6) },
    segments: createSegmentFolder(join(tempFolder(t), 'index')),
    scans: { hasExclusionsBy: async () => false },
  };
  const excluded = async (text: string): Promise<readonly string[]> => {
    const source = `rule r { strings: $a = "${text}" condition: $a }`;
    const wanted = requirementsOf([{ namespace: 'r', source }]).map(({ requirement }) => requirement);
    const answer = await queryIndex(options.segments, indexSettings(limits), wanted);
    const names: string[] = [];
    for await (const objects of pagesOfCorpus(options)) {
      for (const object of objects) {
        if (answer.candidateFor(object)?.length === 0) names.push(object.key.replace(/^.*\//, ''));
      }
    }
    return names.sort();
  };
  return { dir, options, excluded, put: (name: string, text: string) => writeFile(join(dir, name), text) };
}

test('files that come one by one are indexed once each, in few segments, and deleted ones are dropped', async (t) => {
  const { dir, options, excluded, put } = setUp(t);
  const names = Array.from({ length: 9 }, (_, index) => `file-${index}`);
  for (const name of names) {
    await put(name, `this is ${name}`);
    t.like(await buildIndex(options), { indexed: 1, notIndexed: 0 });
    t.true((await options.segments.list()).length < joinedAtOnce);
  }
  t.deepEqual(
    await excluded('this is file-4'),
    names.filter((name) => name !== 'file-4'),
  );

  await Promise.all(names.slice(0, 5).map((name) => rm(join(dir, name))));
  t.like(await buildIndex(options), { objects: 4, indexed: 0, known: 4 });
  const listed = await options.segments.list();
  t.is(
    listed.reduce((sum, { objects }) => sum + objects, 0),
    4,
  );
  t.deepEqual(await excluded('this is file-8'), ['file-5', 'file-6', 'file-7']);
});

test('a file that changes is a candidate until it is indexed again', async (t) => {
  const { options, excluded, put } = setUp(t);
  await put('a', 'nothing here');
  await put('b', 'nothing here either');
  await buildIndex(options);
  t.deepEqual(await excluded('needle'), ['a', 'b']);
  await put('a', 'a needle here now');
  t.deepEqual(await excluded('needle'), ['b']);
  await buildIndex(options);
  t.deepEqual(await excluded('needle'), ['b']);
  t.deepEqual(await excluded('thread'), ['a', 'b']);
});

test('what is too large is not indexed, and a lost segment is indexed again', async (t) => {
  const { options, excluded, put } = setUp(t);
  await put('large', 'x'.repeat(20_000));
  await put('small', 'small');
  t.like(await buildIndex(options), { indexed: 1, notIndexed: 1 });
  t.deepEqual(await excluded('needle'), ['small']);
  for (const segment of await options.segments.list()) {
    await options.segments.retire(segment);
    await options.segments.remove(segment);
  }
  t.deepEqual(await excluded('needle'), []);
  t.like(await buildIndex(options), { indexed: 1 });
  t.is((await options.segments.list()).length, 1);
  t.deepEqual(await excluded('needle'), ['small']);
});

test('two builds at once leave an index that is whole', async (t) => {
  const { options, excluded, put } = setUp(t);
  for (let index = 0; index < 12; index += 1) await put(`file-${index}`, `number ${index} of twelve`);
  await Promise.all([buildIndex(options), buildIndex(options)]);
  await buildIndex(options);
  t.is((await excluded('needle')).length, 12);
  t.is((await excluded('number 7 of')).length, 11);
});
