import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { hasCode } from '../domain/errors.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { readWithin } from './read-within.ts';

const limit = { maxBytes: 100 };

test('links inside the folder are followed, and the real path is returned', async (t) => {
  const root = await realpath(tempFolder(t));
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/file'), 'x');
  symlinkSync('a', join(root, 'b'));
  const { bytes, path } = await readWithin(root, join(root, 'b/file'), limit);
  t.is(Buffer.from(bytes).toString(), 'x');
  t.is(path, join(root, 'a/file'));
});

test('a file outside the folder is not read, whether a link to it existed before or is swapped in during the open', async (t) => {
  const dir = await realpath(tempFolder(t));
  const root = join(dir, 'root');
  for (const folder of ['root/a', 'private']) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, 'private/file'), 'secret');
  writeFileSync(join(root, 'a/file'), 'public');
  symlinkSync(join(dir, 'private/file'), join(root, 'link'));
  t.true(hasCode(await t.throwsAsync(readWithin(root, join(root, 'link'), limit)), 'ERR_OBJECT_DENIED'));
  // The name leads to the right file at the lookup, and elsewhere at the open.
  const swap = () => {
    renameSync(join(root, 'a'), join(root, 'before'));
    symlinkSync(join(dir, 'private'), join(root, 'a'));
  };
  const error = await t.throwsAsync(readWithin(root, join(root, 'a/file'), { ...limit, beforeOpen: swap }));
  t.true(hasCode(error, 'ERR_OBJECT_DENIED'), String(error));
});
