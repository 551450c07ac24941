import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createGoodwareMemory } from './goodware-memory.ts';

const digest = (index: number) => index.toString(16).padStart(64, '0');
const [clean, matching] = [
  { files: 0, matches: [] },
  { files: 3, matches: [{ path: '/usr/x', sha256: digest(9) }] },
];

test('results of one set of files add up, and those of another are apart', async (t) => {
  const memory = createGoodwareMemory(join(tempFolder(t), 'state'));
  t.false(await memory.hasAny());
  await memory.add(digest(1), new Map([[digest(11), clean]]));
  await memory.add(digest(1), new Map([[digest(12), matching]]));
  t.true(await memory.hasAny());
  t.deepEqual(
    await memory.read(digest(1)),
    new Map([
      [digest(11), clean],
      [digest(12), matching],
    ]),
  );
  t.is((await memory.read(digest(2))).size, 0);
});

test('a damaged file is as good as none, and is replaced', async (t) => {
  const dir = join(tempFolder(t), 'state');
  const memory = createGoodwareMemory(dir);
  await memory.add(digest(1), new Map([[digest(11), clean]]));
  for (const damage of ['', '{"schema":2,"rules":{}}', '{"schema":1,"rules":{"x":{}}}']) {
    writeFileSync(join(dir, 'goodware', `${digest(1)}.json`), damage);
    t.is((await memory.read(digest(1))).size, 0);
  }
  await memory.add(digest(1), new Map([[digest(12), matching]]));
  t.deepEqual([...(await memory.read(digest(1))).keys()], [digest(12)]);
});

test('the latest sets are kept, and only the owner can read them', async (t) => {
  const dir = join(tempFolder(t), 'state');
  const memory = createGoodwareMemory(dir);
  for (let index = 0; index < 12; index += 1) {
    await memory.add(digest(index), new Map([[digest(11), clean]]));
    // The clock of the file system may be coarse.
    utimesSync(join(dir, 'goodware', `${digest(index)}.json`), index, index);
  }
  await memory.add(digest(20), new Map());
  const names = readdirSync(join(dir, 'goodware')).sort();
  t.deepEqual(names, [5, 6, 7, 8, 9, 10, 11, 20].map((index) => `${digest(index)}.json`).sort());
  if (process.platform !== 'win32') t.is(statSync(join(dir, 'goodware', names[0] ?? '')).mode & 0o077, 0);
});
