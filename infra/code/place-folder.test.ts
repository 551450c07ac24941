import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { placeFolder } from './place-folder.ts';

const files = [
  { path: 'a.mjs', bytes: Buffer.from('a') },
  { path: 'deep/b.mjs', bytes: Buffer.from('b') },
];

test('a folder that already has the files is not changed', async (t) => {
  const folder = join(tempFolder(t), 'out');
  await placeFolder(folder, files);
  const { ino } = statSync(folder);
  await placeFolder(folder, files);
  t.is(statSync(folder).ino, ino);
});

test('a folder with other, missing or changed files is replaced', async (t) => {
  const folder = join(tempFolder(t), 'out');
  const spoil = [
    () => writeFileSync(join(folder, 'more'), ''),
    () => writeFileSync(join(folder, 'a.mjs'), 'other'),
    () => mkdirSync(folder, { recursive: true }),
  ];
  for (const each of spoil) {
    await placeFolder(folder, files);
    each();
    await placeFolder(folder, files);
    t.deepEqual(readdirSync(folder).toSorted(), ['a.mjs', 'deep']);
    t.is(readFileSync(join(folder, 'a.mjs'), 'utf8'), 'a');
  }
});

test('simultaneous callers with the same files all find them there', async (t) => {
  for (let round = 0; round < 30; round += 1) {
    const parent = tempFolder(t);
    const folder = join(parent, 'out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'old'), '');
    await Promise.all(Array.from({ length: 12 }, () => placeFolder(folder, files)));
    t.deepEqual(readdirSync(parent), ['out']);
    t.is(readFileSync(join(folder, 'deep/b.mjs'), 'utf8'), 'b');
  }
});
