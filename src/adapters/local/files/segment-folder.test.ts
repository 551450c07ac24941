import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DamagedSegment, segmentFile } from '../../../domain/scans/segment.ts';
import { segmentStoreContract } from '../../../ports/segment-store.contract.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createSegmentFolder } from './segment-folder.ts';

segmentStoreContract(test, async (t) => createSegmentFolder(join(await tempFolder(t), 'index')));

test('half-written files of killed processes are removed, and those of running ones are not', async (t) => {
  const dir = join(tempFolder(t), 'index');
  mkdirSync(dir);
  const hoursAgo = (file: string, hours: number) => {
    writeFileSync(join(dir, file), '');
    const at = new Date(Date.now() - hours * 60 * 60 * 1000);
    utimesSync(join(dir, file), at, at);
  };
  hoursAgo('killed.tmp', 2);
  hoursAgo('running.tmp', 0.5);
  hoursAgo('other', 2);
  const segment = { name: 'a'.repeat(64), endOffset: 0, size: 1, objects: 1, settings: '0123456789abcdef' };
  const store = createSegmentFolder(dir);
  await store.list();
  t.true(readdirSync(dir).includes('killed.tmp'), 'only a writer removes files');
  await store.put(segment, new Uint8Array(1));
  t.deepEqual(readdirSync(dir).sort(), [segmentFile(segment), 'other', 'running.tmp']);
});

test('what is no regular file is no segment', async (t) => {
  const dir = join(tempFolder(t), 'index');
  const segment = { name: 'a'.repeat(64), endOffset: 0, size: 1, objects: 1, settings: '0123456789abcdef' };
  mkdirSync(dir);
  execFileSync('mkfifo', [join(dir, segmentFile(segment))]);
  mkdirSync(join(dir, segmentFile({ ...segment, objects: 2 })));
  t.deepEqual(await createSegmentFolder(dir).list(), []);
});

test('a FIFO, folder or link in the place of a segment is damage, at once', async (t) => {
  const dir = join(tempFolder(t), 'index');
  mkdirSync(dir);
  writeFileSync(join(dir, 'other'), 'x');
  const store = createSegmentFolder(dir);
  const segment = { name: 'a'.repeat(64), endOffset: 0, size: 1, objects: 1, settings: '0123456789abcdef' };
  const path = join(dir, segmentFile(segment));
  const ways = [
    () => execFileSync('mkfifo', [path]),
    () => mkdirSync(path),
    () => symlinkSync(join(dir, 'other'), path),
  ];
  for (const make of ways) {
    make();
    await t.throwsAsync(store.read(segment, 0, 1), { instanceOf: DamagedSegment, message: /not a regular file/ });
    rmSync(path, { recursive: true });
  }
});

test('an index that cannot be listed is an error, and one that does not exist is empty', async (t) => {
  const dir = join(tempFolder(t), 'index');
  t.deepEqual(await createSegmentFolder(dir).list(), []);
  writeFileSync(dir, 'a file');
  await t.throwsAsync(createSegmentFolder(dir).list());
});
