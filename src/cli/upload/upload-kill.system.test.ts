import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { openUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { openLocalState } from '../../adapters/local/state.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { localTargetId } from '../wiring/upload-destination.ts';

const main = fileURLToPath(new URL('../launch.mjs', import.meta.url));
const files = 200;

function start(dir: string, ...args: readonly string[]): ChildProcess {
  const all = ['upload', 'in', '--json', '--state', 'state', ...args];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...all], {
    // Coverage is collected only of the processes of ava.
    env: { ...process.env, NODE_V8_COVERAGE: '' },
    cwd: dir,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/**
 * Kills the process after it has printed this many files. It cannot get much further: it blocks
 * when its output is not read, and at most 70 lines fit into the pipe.
 */
async function runUntil(dir: string, lines: number): Promise<void> {
  const child = start(dir);
  let seen = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    seen += chunk.toString().split('\n').length - 1;
    if (seen < lines) return;
    child.stdout?.pause();
    child.kill('SIGKILL');
  });
  await once(child, 'exit');
  child.stdout?.destroy();
}

async function run(dir: string, ...args: readonly string[]) {
  const child = start(dir, ...args);
  if (child.stdout === null) throw new Error('no stdout');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const reports = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { readonly status: string; readonly key: string } => JSON.parse(line));
  const count = (status: string) => reports.filter((each) => each.status === status).length;
  return { code, reports, count };
}

function openState(t: ExecutionContext, dir: string) {
  const state = openLocalState(join(dir, 'state'), { visibilityMs: 1, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  return state;
}

test('killed during a run and started again, every file is uploaded exactly once, and files in the journal are not read again', async (t) => {
  t.timeout(300_000);
  const dir = tempFolder(t);
  const below = Array.from({ length: 4 }, () => 'x'.repeat(240));
  mkdirSync(join(dir, 'in', ...below), { recursive: true });
  for (let index = 0; index < files; index += 1) {
    writeFileSync(join(dir, 'in', ...below, `${index}.txt`), `content ${index}`.repeat(500));
  }
  const { stores } = openState(t, dir);
  const journal = openUploadJournal(join(dir, 'state'), localTargetId(stores.corpus));
  t.teardown(() => journal.close());
  const known = async () => (await journal.journal.oldest(2 * files, await journal.journal.mark())).length;

  let before = 0;
  for (let kill = 0; kill < 2; kill += 1) {
    await runUntil(dir, before + 20);
    const now = await known();
    t.true(now >= before + 20 && now < files, `${now} files are known, ${before} were before`);
    before = now;
  }
  const last = await run(dir);
  t.is(last.code, 0);
  t.is(last.reports.length, files);
  t.is(last.count('unchanged'), before);
  t.is(last.count('uploaded') + last.count('present'), files - before);
  t.true(last.count('present') <= 8, 'only what was under way when it was killed was there without being known');

  const { objects } = await stores.corpus.list({ after: null, limit: 2 * files });
  t.is(objects.length, files);
  t.true(objects.every(({ version }) => version === '1'));
  t.deepEqual(objects.map(({ key }) => key).sort(), last.reports.map(({ key }) => key).sort());
  t.is((await run(dir)).count('unchanged'), files);
});

test('a journal that was lost costs reading, not sending', async (t) => {
  t.timeout(120_000);
  const dir = tempFolder(t);
  mkdirSync(join(dir, 'in'));
  for (let index = 0; index < 20; index += 1) writeFileSync(join(dir, 'in', `${index}.txt`), `content ${index}`);
  t.is((await run(dir)).count('uploaded'), 20);
  const state = openState(t, dir);
  state.db.exec('DELETE FROM uploads');
  t.is((await run(dir)).count('present'), 20);
  t.is((await run(dir)).count('unchanged'), 20);
  t.is((await state.stores.corpus.list({ after: null, limit: 100 })).objects.length, 20);
});
