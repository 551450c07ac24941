import { mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createSqliteUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import { createFolderObjectStore } from '../../adapters/local/files/folder-object-store.ts';
import { localFiles } from '../../adapters/local/files/local-files.ts';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { resolveRoot, type WalkedFile, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import { keyBelow } from '../../domain/objects/upload-key.ts';
import type { FileSource } from '../../ports/file-source.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { readContent } from '../analysis/analyze-object.ts';
import { createByteBudget, createReservation } from '../analysis/byte-budget.ts';
import { uploadFiles } from '../uploads/upload-files.ts';
import type { UploadFile, UploadReport } from '../uploads/upload-report.ts';

/**
 * A tree whose owner is an attacker, with `a/1`, `b/1` and `c`, and a private folder of someone
 * else with the same names.
 */
function plant(t: ExecutionContext) {
  const dir = realpathSync(tempFolder(t));
  for (const root of ['tree', 'private']) {
    for (const folder of ['a', 'b']) mkdirSync(join(dir, root, folder), { recursive: true });
    for (const file of ['a/1', 'b/1', 'c']) writeFileSync(join(dir, root, file), `${root} ${file}`);
  }
  writeFileSync(join(dir, 'private/b/another'), 'private');
  const swapped = new Set<string>();
  return {
    dir,
    tree: join(dir, 'tree'),
    /** Replaces an entry of the tree by a link to its private counterpart, once. */
    swap(name: string) {
      if (swapped.has(name)) return;
      swapped.add(name);
      renameSync(join(dir, 'tree', name), join(dir, `before-${name}`));
      symlinkSync(join(dir, 'private', name), join(dir, 'tree', name));
    },
  };
}

for (const before of ['state', 'open'] as const) {
  test(`upload copies nothing that a link leads to which was swapped in between the walk and ${before}`, async (t) => {
    const { dir, tree, swap } = plant(t);
    const db = tempDatabase(t);
    const store = createFolderObjectStore({ db, dir: join(dir, 'corpus'), bucket: 'corpus' });
    const swapFor = (location: Uint8Array) => {
      const name = Buffer.from(location)
        .toString()
        .slice(tree.length + 1);
      if (name === 'b/1') swap('b');
      if (name === 'c') swap('c');
    };
    const source: FileSource = {
      async state(location) {
        if (before === 'state') swapFor(location);
        return localFiles.state(location);
      },
      async open(location) {
        swapFor(location);
        return localFiles.open(location);
      },
    };
    async function* files(): AsyncGenerator<UploadFile> {
      const root = await resolveRoot(tree, '/');
      // All of it, before anything is swapped.
      const all: WalkedFile[] = [];
      for await (const file of walkPaths([root])) all.push(file);
      for (const file of all) yield { ...file, key: keyBelow({ root: root.location, location: file.location }) };
    }
    const reports: Record<string, UploadReport> = {};
    await uploadFiles({
      ...{ source, store, metadata: {}, files: files(), journal: createSqliteUploadJournal({ db, target: 't' }) },
      clock: { now: Date.now, random: () => 0, pause: async () => undefined },
      async report(each) {
        reports[each.key] = each;
      },
    });
    const { 'a/1': untouched, 'b/1': below, c } = reports;
    t.is(untouched?.status, 'uploaded');
    t.like(below, { status: 'failed', reason: 'changed' });
    t.like(c, { status: 'failed', reason: 'not_a_regular_file' });
    t.deepEqual(
      (await store.list({ after: null, limit: 10 })).objects.map(({ key }) => key),
      ['a/1'],
    );
  });
}

test('a scan in place reads nothing below a folder that was swapped after the listing, and records the failure', async (t) => {
  const { tree, swap } = plant(t);
  const reader = createPathObjectReader({ bucket: 'file', roots: [tree] });
  const { objects } = await reader.list({ after: null, limit: 10 });
  swap('b');
  swap('c');
  const outcomes = [];
  for (const object of objects) {
    const room = createReservation(createByteBudget(100));
    const limit = { maxObjectBytes: 100, largeFiles: 'skip' } as const;
    const found = await readContent(limit, reader, room, { object, lastAttempt: true });
    outcomes.push('bytes' in found ? Buffer.from(found.bytes).toString() : found);
  }
  t.is(outcomes[0], 'tree a/1');
  t.like(outcomes[1], { status: 'failed', reason: 'changed' });
  t.like(outcomes[2], { status: 'skipped', reason: 'not_a_regular_file' });
});

test('a folder that was swapped while the tree is walked is reported, and not listed', async (t) => {
  const { dir, tree, swap } = plant(t);
  const found: WalkedFile[] = [];
  for await (const file of walkPaths([await resolveRoot(tree, dir)])) {
    found.push(file);
    if (file.path.endsWith('a/1')) swap('b');
  }
  t.deepEqual(
    found.map(({ path, problem }) => [path.slice(tree.length + 1), problem?.reason]),
    [
      ['c', undefined],
      ['a/1', undefined],
      ['b', 'unreadable'],
    ],
  );
  t.regex(found[2]?.problem?.detail ?? '', /was replaced after the listing/);
});

test('a folder that was swapped between two pages of a listing is a problem of the listing', async (t) => {
  const { tree, swap } = plant(t);
  const reader = createPathObjectReader({ bucket: 'file', roots: [tree] });
  const first = await reader.list({ after: null, limit: 1 });
  t.deepEqual(
    first.objects.map(({ key }) => key),
    [`${tree}/a/1`],
  );
  swap('b');
  const rest = await reader.list({ after: first.next, limit: 10 });
  t.deepEqual(
    rest.objects.map(({ key }) => key),
    [`${tree}/c`],
  );
  t.deepEqual(
    rest.problems.map(({ key, reason }) => [key, reason]),
    [[`${tree}/b`, 'unreadable']],
  );
});
