import test from 'ava';
import { slowToCompile } from '../../testing/rules/slow-to-compile.ts';
import { buildImage } from '../build-image.ts';
import { checkRules } from '../diagnostics/check-rules.ts';
import { createSpareThreads, lengthPerThread } from './spare-threads.ts';
import { spawnScanWorker } from './worker-thread.ts';

function countedThreads() {
  const counted = { started: 0 };
  const spare = createSpareThreads(() => {
    counted.started += 1;
    return spawnScanWorker();
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
  await spare.giveBack(thread, []);
  await thread.kill();
  const second = spare.take();
  t.is(counted.started, 2);
  await spare.giveBack(second, []);
  await spare.close();
  t.false(second.alive);
});
