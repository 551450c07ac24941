import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../testing/temp-folder.ts';
import { reasonOf } from './system-error.ts';

test('the reason is in words, without the code, the call and the paths', async (t) => {
  const missing = join(tempFolder(t), "it's, 'x'");
  for (const fails of [readFile(missing), rename(missing, `${missing}2`)]) {
    t.is(reasonOf(await t.throwsAsync(fails)), 'no such file or directory');
  }
  t.is(reasonOf(new Error('EOF: a, b')), 'EOF: a, b');
});
