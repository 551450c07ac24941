import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { tempFolder } from '../../testing/temp-folder.ts';
import { openContentCache } from './content-cache.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const hour = 60 * 60 * 1000;

test('what was put is found at once, by other processes after a flush, and after the file was opened again', (t) => {
  const folder = join(tempFolder(t), 'cache');
  const [one, other] = [openContentCache(folder, { now: () => 0 }), openContentCache(folder, { now: () => 0 })];
  one?.put('a', bytes('first'));
  t.deepEqual(one?.get('a'), bytes('first'));
  t.is(other?.get('a'), null);
  one?.flush();
  t.deepEqual(other?.get('a'), bytes('first'));
  other?.put('b', bytes(''));
  other?.close();
  one?.close();
  const again = openContentCache(folder, { now: () => 0 });
  t.deepEqual([again?.get('a'), again?.get('b'), again?.get('c')], [bytes('first'), bytes(''), null]);
  again?.close();
});

test('only its owner can read it', (t) => {
  const folder = join(tempFolder(t), 'cache');
  openContentCache(folder, { now: () => 0 })?.close();
  t.is(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test('above the limit, the entries that were unused for longest go', (t) => {
  const folder = tempFolder(t);
  let now = 0;
  const open = () => openContentCache(folder, { now: () => now, maxBytes: 100 });
  const first = open();
  for (const key of ['a', 'b', 'c']) {
    first?.put(key, new Uint8Array(30));
    first?.flush();
    now += hour;
  }
  first?.close();
  now += 48 * hour;
  const second = open();
  second?.get('a');
  second?.put('d', new Uint8Array(30));
  second?.close();
  const third = open();
  t.deepEqual(
    ['a', 'b', 'c', 'd'].filter((key) => third?.get(key)),
    ['a', 'd'],
  );
  third?.close();
});

test('a damaged file is replaced', (t) => {
  const folder = tempFolder(t);
  const first = openContentCache(folder, { now: () => 0 });
  first?.put('a', bytes('x'));
  first?.close();
  for (const name of readdirSync(folder))
    writeFileSync(join(folder, name), 'not a database, and long enough to be read');
  const second = openContentCache(folder, { now: () => 0 });
  t.is(second?.get('a'), null);
  second?.put('a', bytes('y'));
  second?.close();
  t.deepEqual(openContentCache(folder, { now: () => 0 })?.get('a'), bytes('y'));
});

test('where it may not be written, there is none', (t) => {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
  writeFileSync(join(folder, 'file'), '');
  t.is(openContentCache(join(folder, 'link'), { now: () => 0 }), null);
  t.is(openContentCache(join(folder, 'file'), { now: () => 0 }), null);
  t.deepEqual(readdirSync(join(folder, 'elsewhere')), []);
  if (process.geteuid?.() === 0) return;
  chmodSync(folder, 0o500);
  t.is(openContentCache(join(folder, 'new'), { now: () => 0 }), null);
});

test('damaged bytes are not returned, and a file that is damaged inside is replaced in the end', (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'rules-1.sqlite');
  const open = () => openContentCache(folder, { now: () => 0 });
  const first = open();
  first?.put('small', bytes('x'.repeat(100)));
  first?.put('large', new Uint8Array(500_000).fill(7));
  first?.close();
  const content = readFileSync(file);
  // The text and the pages behind it, but not the head of the file.
  const damaged = Buffer.from(content.toString('latin1').replace('xxxx', 'yyyy'), 'latin1');
  damaged.fill(9, damaged.length >> 1);
  writeFileSync(file, damaged);
  const second = open();
  t.deepEqual([second?.get('small') ?? null, second?.get('large') ?? null], [null, null]);
  second?.put('small', bytes('again'));
  second?.close();
  const third = open();
  third?.put('small', bytes('again'));
  third?.close();
  const last = open();
  t.deepEqual(last?.get('small'), bytes('again'));
  last?.close();
});

test('a cache that another process is writing stays', (t) => {
  const folder = tempFolder(t);
  const first = openContentCache(folder, { now: () => 0 });
  first?.put('a', bytes('x'));
  first?.flush();
  const writer = new DatabaseSync(join(folder, 'rules-1.sqlite'));
  writer.exec('BEGIN EXCLUSIVE');
  const other = openContentCache(folder, { now: () => 0 });
  other?.put('b', bytes('y'));
  other?.close();
  writer.exec('ROLLBACK');
  writer.close();
  t.deepEqual(first?.get('a'), bytes('x'));
  first?.close();
});
