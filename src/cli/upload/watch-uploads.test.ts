import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createSqliteUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { createFolderObjectStore } from '../../adapters/local/files/folder-object-store.ts';
import { localFiles } from '../../adapters/local/files/local-files.ts';
import { resolveRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import type { UploadFile, UploadReport } from '../../app/uploads/upload-report.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { keyBelow } from '../../domain/objects/upload-key.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { type WatchUploadsOptions, watchUploads } from './watch-uploads.ts';

function setUp(t: ExecutionContext) {
  const dir = tempFolder(t);
  const store = createFolderObjectStore({ db: tempDatabase(t), dir: tempFolder(t), bucket: 'corpus' });
  const journal = createSqliteUploadJournal({ db: tempDatabase(t), target: 'x' });
  const reports: UploadReport[] = [];
  const stop = new AbortController();
  let sweeps = 0;
  async function* walk(): AsyncGenerator<UploadFile> {
    const root = await resolveRoot(dir, '/');
    for await (const file of walkPaths([root])) {
      yield { ...file, key: keyBelow({ root: root.location, location: file.location }) };
    }
    sweeps += 1;
  }
  const start = (options: Partial<WatchUploadsOptions> = {}) =>
    watchUploads({
      ...{ walk, store, journal, source: localFiles, metadata: {}, settleMs: 0, signal: stop.signal },
      report: async (report) => void reports.push(report),
      goesOn: () => false,
      ...options,
    });
  const until = async (condition: () => boolean) => {
    while (!condition()) await sleep(10);
  };
  const write = (...names: readonly string[]) => names.forEach((name) => void writeFileSync(join(dir, name), name));
  return {
    ...{ store, reports, start, until, write },
    /** Waits for this many more sweeps. */
    swept: async (count: number) => {
      const goal = sweeps + count;
      await until(() => sweeps >= goal);
    },
    has: (key: string) => reports.some((each) => each.key === key && each.status === 'uploaded'),
    stop: () => stop.abort(),
  };
}

test('a file is only taken once it has stopped changing', async (t) => {
  t.timeout(60_000);
  const { start, write, swept, reports, until, has, stop } = setUp(t);
  write('a');
  const first = new AbortController();
  const watching = start({ settleMs: 3_600_000, signal: first.signal });
  await swept(4);
  first.abort();
  await watching;
  t.deepEqual(reports, []);
  const again = start();
  await until(() => has('a'));
  stop();
  await again;
});

test('a slow file does not delay others, and is not started twice', async (t) => {
  t.timeout(60_000);
  const { store, start, write, swept, until, has, stop } = setUp(t);
  write('a-big');
  let begun = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow: ObjectStore = {
    ...store,
    async put(key, ...rest) {
      if (key === 'a-big') {
        begun += 1;
        await released;
      }
      return store.put(key, ...rest);
    },
  };
  const watching = start({ store: slow, concurrency: 2 });
  await until(() => begun > 0);
  write('b');
  await until(() => has('b'));
  write('c');
  await until(() => has('c'));
  await swept(2);
  t.false(has('a-big'));
  release();
  await until(() => has('a-big'));
  t.is(begun, 1);
  stop();
  await watching;
});

test('an error that affects all files is reported, and the watch continues with every file later', async (t) => {
  t.timeout(60_000);
  const { store, start, write, until, has, stop } = setUp(t);
  write('a', 'b', 'c');
  const full = new RearviewError('ERR_STORAGE_FULL', 'full', { retryable: true });
  let isFull = true;
  const filling: ObjectStore = {
    ...store,
    put: (...put) => (isFull ? Promise.reject(full) : store.put(...put)),
  };
  const reported: string[] = [];
  const watching = start({
    store: filling,
    goesOn(error) {
      reported.push(messageOf(error));
      isFull = false;
      return true;
    },
  });
  await until(() => has('a') && has('b') && has('c'));
  t.deepEqual(reported, ['full']);
  stop();
  await watching;
});

test('a permanent error ends the watch', async (t) => {
  const { store, start, write } = setUp(t);
  write('a');
  const gone = new RearviewError('ERR_CONFIG', 'no such bucket');
  const watching = start({ store: { ...store, describe: () => Promise.reject(gone) } });
  t.is(await t.throwsAsync(watching), gone);
});

test('a failing file is reported once and not retried in each sweep, and others continue', async (t) => {
  t.timeout(120_000);
  const { store, start, write, swept, reports, until, has, stop } = setUp(t);
  write('bad');
  let tries = 0;
  const picky: ObjectStore = {
    ...store,
    put(key, ...rest) {
      if (key !== 'bad') return store.put(key, ...rest);
      tries += 1;
      return Promise.reject(new RearviewError('ERR_OBJECT_TOO_LARGE', 'too large'));
    },
  };
  const startedMs = performance.now();
  const watching = start({ store: picky });
  await until(() => tries === 2);
  write('good');
  await until(() => has('good'));
  await swept(8);
  stop();
  await watching;
  t.is(reports.filter(({ status }) => status === 'failed').length, 1);
  // It waits a second, then two, then four, however slow this machine is.
  const most = 1 + Math.log2(1 + (performance.now() - startedMs) / 1000);
  t.true(tries <= most, `${tries} tries; at most ${most}`);
});
