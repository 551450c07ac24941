import { lstatSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { fileVersion } from './file-version.ts';
import { readWalkedSync } from './read-walked-sync.ts';

const onLinux = process.platform === 'linux' ? test : test.skip;
const versionOf = (path: string) => fileVersion(lstatSync(path, { bigint: true }));
const roomOf = (bytes: number) => Buffer.from(new ArrayBuffer(bytes));

onLinux(
  'the content is returned only of the version that was listed, at its place, if there is room for it',
  async (t) => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'rearview-read-')));
    t.teardown(() => rm(dir, { recursive: true }));
    const [folder, path] = [join(dir, 'folder'), join(dir, 'folder', 'file')];
    await mkdir(folder);
    await writeFile(path, 'content');
    const version = versionOf(path);
    const read = (room = roomOf(100), of = version) => readWalkedSync(Buffer.from(path), of, room)?.toString() ?? null;

    t.is(read(), 'content');
    t.is(read(roomOf(8)), 'content');
    t.is(read(roomOf(7)), null, 'it may be longer');
    t.is(read(roomOf(100), `${version}0`), null);

    await utimes(path, 1, 1);
    t.is(read(), null, 'its times changed');
    t.is(read(roomOf(100), versionOf(path)), 'content');
    await appendFile(path, '!');
    t.is(read(), null, 'it has grown');

    const grown = versionOf(path);
    await rename(folder, join(dir, 'moved'));
    t.is(read(roomOf(100), grown), null, 'it is gone');
    await symlink(join(dir, 'moved'), folder);
    t.is(read(roomOf(100), grown), null, 'a folder on the way is a link');
    t.is(readWalkedSync(Buffer.from(dir), versionOf(dir), roomOf(100)), null, 'a folder is no file');
  },
);

onLinux('an empty file is read, and one that reports no size and has content is left to another reader', async (t) => {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'rearview-read-')));
  t.teardown(() => rm(dir, { recursive: true }));
  const path = join(dir, 'empty');
  await writeFile(path, '');
  t.is(readWalkedSync(Buffer.from(path), versionOf(path), roomOf(1))?.length, 0);
  const special = '/proc/sys/kernel/ostype';
  t.is(readWalkedSync(Buffer.from(special), versionOf(special), roomOf(100)), null);
});
