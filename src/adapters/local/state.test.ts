import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../../testing/temp-folder.ts';
import { openLocalState } from './state.ts';

const options = {
  visibilityMs: 60_000,
  maxReceives: 3,
  corpusNotice: ({ key }: { readonly key: string }) => `arrived ${key}`,
};

test('an upload to the corpus is announced on the live queue, and a ruleset is not', async (t) => {
  const state = openLocalState(join(tempFolder(t), 'a', 'state'), options);
  t.teardown(() => state.close());
  await state.stores.corpus.put('k', new Uint8Array(3));
  await state.stores.rulesets.put('r', new Uint8Array(3));
  t.deepEqual(
    (await state.queues.live.receive({ max: 10 })).map(({ body }) => body),
    ['arrived k'],
  );
  t.deepEqual(await state.queues.retro.receive({ max: 10 }), []);
});

test('state outlives the process that wrote it', async (t) => {
  const dir = tempFolder(t);
  const first = openLocalState(dir, options);
  await first.pointers.compareAndSet('p', null, 'x');
  const info = await first.stores.corpus.put('k', Uint8Array.of(1, 2));
  first.close();
  const second = openLocalState(dir, options);
  t.teardown(() => second.close());
  t.is((await second.pointers.get('p'))?.value, 'x');
  t.deepEqual((await second.stores.corpus.read(info, { maxBytes: 2 })).bytes, Uint8Array.of(1, 2));
  t.is((await second.queues.live.stats()).visible, 1);
});
