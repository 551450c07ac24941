import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { createScanPool } from './scan-pool.ts';
import { startWorkerAhead } from './worker-ahead.ts';

const ruleset = { id: 'one', sources: [{ namespace: 'a.yar', source: 'rule a { condition: true }' }] };

let maxMemoryBytes = 2 ** 30;

/** The threads that this process starts from now on. */
function watchThreads(t: ExecutionContext): readonly Worker[] {
  const threads: Worker[] = [];
  const note = (worker: Worker) => void threads.push(worker);
  process.on('worker', note);
  t.teardown(() => process.off('worker', note));
  return threads;
}

async function scanOnce(t: ExecutionContext): Promise<void> {
  // A limit of its own: no thread of another test is left over for it.
  maxMemoryBytes += 65_536;
  const pool = createScanPool({ workers: 1, maxMemoryBytes });
  t.teardown(() => pool.close());
  const report = await pool.scan({ ruleset, bytes: new Uint8Array(10), externals: externalsOf('a') });
  t.is(report.status, 'scanned');
  await pool.close();
}

test.serial('the first scan takes the thread that was started ahead', async (t) => {
  const threads = watchThreads(t);
  startWorkerAhead();
  startWorkerAhead();
  await scanOnce(t);
  t.is(threads.length, 1);
});

test.serial('a thread that died before its first scan is replaced', async (t) => {
  const threads = watchThreads(t);
  startWorkerAhead();
  await once(process, 'worker');
  const [first] = threads;
  await first?.terminate();
  await scanOnce(t);
  t.is(threads.length, 2);
});

test.serial('a thread that was started ahead does not keep the process running', async (t) => {
  const url = new URL('./worker-ahead.ts', import.meta.url).href;
  const program = `import { startWorkerAhead } from ${JSON.stringify(url)}; startWorkerAhead();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  t.is(stdout, '');
});
