import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runScript } from '../../testing/cli/run-script.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { acquireStateLock, lockHolder } from './state-lock.ts';

const taking = `import { acquireStateLock } from '${import.meta.resolve('./state-lock.ts')}';
  const lock = acquireStateLock(process.argv[1]);`;

test('one holder at a time, in this process and across processes', async (t) => {
  const path = join(tempFolder(t), 'pipeline.lock');
  const lock = acquireStateLock(path);
  t.not(lock, null);
  t.is(acquireStateLock(path), null);
  t.is((await runScript(`${taking} console.log(lock);`, [path])).stdout, 'null\n');
  t.is(lockHolder(path), `process ${process.pid}`);
  lock?.release();
  const again = acquireStateLock(path);
  t.not(again, null);
  again?.release();
});

test('a failed attempt keeps the name of the holder', (t) => {
  const path = join(tempFolder(t), 'pipeline.lock');
  t.is(lockHolder(path), 'another process');
  const lock = acquireStateLock(path);
  acquireStateLock(path);
  t.is(readFileSync(`${path}.pid`, 'utf8'), `${process.pid}\n`);
  lock?.release();
});

test('a killed holder releases the lock', async (t) => {
  const path = join(tempFolder(t), 'pipeline.lock');
  const script = `${taking} process.stdout.write(lock === null ? '' : '!'); setInterval(() => {}, 1000);`;
  t.is((await runScript(script, [path], { killAfterOutput: 1 })).stdout, '!');
  const lock = acquireStateLock(path);
  t.not(lock, null);
  lock?.release();
});

test('a FIFO in the place of the holder file is refused at once, and names no holder', (t) => {
  const path = join(tempFolder(t), 'pipeline.lock');
  execFileSync('mkfifo', ['-m', '600', `${path}.pid`]);
  t.throws(() => acquireStateLock(path), { code: 'ERR_CONFIG', message: /a FIFO, not a regular file/ });
  t.is(lockHolder(path), 'another process');
});

test('only a number from the holder file is shown', (t) => {
  const path = join(tempFolder(t), 'pipeline.lock');
  writeFileSync(`${path}.pid`, '\u001b[31m1\n', { mode: 0o600 });
  t.is(lockHolder(path), 'another process');
  writeFileSync(`${path}.pid`, '7\u001b[31m\n', { mode: 0o600 });
  t.is(lockHolder(path), 'process 7');
});
