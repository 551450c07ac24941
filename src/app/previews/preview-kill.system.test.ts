import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';

const count = 240;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [`${index}.txt`, index % 3 === 0 ? `alpha ${index}` : `${index}`]),
);
/**
 * The pipeline on a state folder, in a process that kills itself when it has scanned so many
 * objects.
 */
const script = `import { openLocalTarget } from '${import.meta.resolve('../../targets/local/local-target.ts')}';
  let left = Number(process.argv[3]);
  const observe = ({ type }) => void (type === 'object' && --left === 0 && process.kill(process.pid, 'SIGKILL'));
  const target = await openLocalTarget({ stateDir: process.argv[2], jobs: 1, observe });
  await target.startPipeline();`;

test('killed during a preview and started again, every file has exactly one outcome', async (t) => {
  t.timeout(300_000);
  const { target, dir, write, start, ended, ledger } = await createTestTarget(t);
  await write(files);
  const request = previewRequest({ now: { 'a.yar': ruleFor('Alpha', 'alpha') } });
  await target.startPreview(request);
  const main = join(dir, 'main.mjs');
  writeFileSync(main, script);
  // Within the first batch, between two, and within a later one.
  for (const objects of ['3', '110', '130']) {
    const args = ['--disable-warning=ExperimentalWarning', main, join(dir, 'state'), objects];
    const [, signal] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
    t.is(signal, 'SIGKILL');
  }
  t.like(await target.state.scans.get(request.scanId), { state: 'running' });
  await start();
  const scan = await ended(request.scanId);
  t.like(scan, { state: 'completed', listed: { objects: count } });
  t.like(scan.counts, { objects: count, scanned: count, failed: 0, matches: count / 3 });
  const names = (await ledger(scan.id)).map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  t.deepEqual(names.toSorted(), Object.keys(files).toSorted());
  t.deepEqual((await target.state.matches.list({ filter: {}, limit: 1 })).matches, []);
});
