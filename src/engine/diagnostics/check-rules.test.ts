import { Worker } from 'node:worker_threads';
import test from 'ava';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Memo } from '../../rules/memo.ts';
import { coverThreads } from '../../testing/local/lean-process.ts';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { slowToCompile } from '../../testing/rules/slow-to-compile.ts';
import { buildImage } from '../build-image.ts';
import { createSpareThreads } from '../pool/spare-threads.ts';
import { startWorkerThread } from '../pool/worker-thread.ts';
import { checkRules } from './check-rules.ts';

coverThreads();

const from = (namespace: string, source: string) => ({ namespace, source });
const places = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ file, code, line, column }) => `${file}:${line}:${column} ${code}`);

test('a separate thread reports the same as the engine in this thread, including crashes', async (t) => {
  const sources = [
    from('a.yar', 'rule a { condition: foo }\nrule b { condition: true }'),
    from('b.yar', `rule bomb { condition: ${'not '.repeat(20_000)}true }`),
    from('c.yar', 'rule c { strings: $a = "x" condition: $a }'),
  ];
  t.deepEqual(await checkRules(sources), checkSources(sources));
  t.deepEqual(await checkRules([]), { errors: [], warnings: [] });
});

test('a file that takes the engine too long is an error of that file', async (t) => {
  const { errors } = await checkRules([from('slow.yar', slowToCompile)], { deadlineMs: 50 });
  t.deepEqual(places(errors), ['slow.yar:0:0 engine/timeout']);
  t.regex(errors[0]?.message ?? '', /within 50 ms/);
});

test('files after one that never ends, or kills its thread, are checked', async (t) => {
  const worker = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ sources }) => {
      for (const { namespace } of sources) {
        if (namespace === 'endless.yar') return;
        if (namespace === 'deadly.yar') process.exit(3);
        parentPort.postMessage({ type: 'checked_one', report: { errors: [], warnings: [{ file: namespace }] } });
      }
      parentPort.postMessage({ type: 'checked' });
    });`;
  const names = ['a.yar', 'endless.yar', 'b.yar', 'deadly.yar', 'c.yar', 'deadly.yar'];
  const spare = createSpareThreads(() => startWorkerThread(() => new Worker(worker, { eval: true, execArgv: [] })));
  const { errors, warnings } = await checkRules(
    names.map((name) => from(name, '')),
    // Each thread starts within this time, on any machine.
    { deadlineMs: 5_000, spare },
  );
  await spare.close();
  t.deepEqual(
    warnings.map(({ file }) => file),
    ['a.yar', 'b.yar', 'c.yar'],
  );
  t.deepEqual(places(errors), [
    'endless.yar:0:0 engine/timeout',
    'deadly.yar:0:0 engine/crash',
    'deadly.yar:0:0 engine/crash',
  ]);
});

test('an image of rules that take too long is not waited for', async (t) => {
  await t.throwsAsync(buildImage([from('slow.yar', slowToCompile)], { deadlineMs: 50 }), {
    code: 'ERR_RULES_TIMEOUT',
    message: /within 50 ms.*rules check/,
  });
});

test('several threads report the same as one, in the order of the sources', async (t) => {
  const filler = `// ${'x'.repeat(100 * 1024)}\n`;
  const sources = Array.from({ length: 9 }, (_, index) =>
    from(`${index}.yar`, `${filler}rule r${index} { condition: ${index % 2 === 0 ? 'foo' : 'true'} }`),
  );
  const expected = await checkRules(sources, { threads: 1 });
  t.is(expected.errors.length, 5);
  for (const threads of [2, 4]) t.deepEqual(await checkRules(sources, { threads }), expected);
});

test('a report is remembered, unless it depends on the machine', async (t) => {
  const known = new Map<string, unknown>();
  const memo: Memo = {
    get: (kind, inputs) => known.get(JSON.stringify([kind, inputs])),
    put: (kind, inputs, result) => void known.set(JSON.stringify([kind, inputs]), result),
  };
  const sources = [from('a.yar', 'rule a { condition: foo }'), from('b.yar', 'rule b { condition: true }')];
  const first = await checkRules(sources, { memo });
  const spare = createSpareThreads(() => {
    throw new Error('Nothing is left to check.');
  });
  t.deepEqual(await checkRules(sources, { memo, spare }), first);
  t.is(known.size, 2);
  await checkRules([from('slow.yar', slowToCompile)], { memo, deadlineMs: 50 });
  t.is(known.size, 2);
});
