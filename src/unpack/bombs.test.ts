import { gunzipSync, gzipSync } from 'node:zlib';
import test from 'ava';
import * as bombs from '../testing/specimens/bombs.ts';
import { buildTar } from '../testing/specimens/build-tar.ts';
import { buildZip } from '../testing/specimens/build-zip.ts';
import { type Opened, openSpecimen } from '../testing/specimens/open-specimen.ts';
import { quineGzip } from '../testing/specimens/quine.ts';

const mebibyte = 1024 * 1024;
const small = { maxBytes: 4 * mebibyte, maxMemberBytes: mebibyte, maxMembers: 100 };
const bytesOf = ({ members }: Opened) => members.reduce((all, [, content]) => all + content.length, 0);

test('zips in zips end at the depth and at the number of members', async (t) => {
  const deep = await openSpecimen(bombs.nestedZip(12, 1), { maxDepth: 8 });
  t.is(deep.members.length, 8);
  t.deepEqual(deep.inside?.reasons, { depth: 1 });
  const wide = await openSpecimen(bombs.nestedZip(6, 6), small);
  t.is(wide.members.length, 100);
  t.deepEqual(wide.inside?.reasons, { members: 1 });
});

test('overlapping members end at the limit on bytes', async (t) => {
  const bomb = bombs.overlappingZip(1000, mebibyte);
  t.true(bomb.length < 200_000);
  const opened = await openSpecimen(bomb, small);
  t.is(bytesOf(opened), 4 * mebibyte);
  t.is(opened.missed.at(-1), ': bytes');
});

test('empty members end at the number of members', async (t) => {
  const opened = await openSpecimen(bombs.emptyMembersZip(20_000), small);
  t.is(opened.members.length, 100);
  t.deepEqual(opened.missed, [': members']);
});

test('of a large member with any stated size, the first part is scanned, and the next members, too', async (t) => {
  for (const size of [1, 4 * mebibyte, 0xffff_ffff]) {
    const opened = await openSpecimen(bombs.lyingZip(4 * mebibyte, size), { ...small, maxBytes: 9 * mebibyte });
    const lengths = opened.members.map(([name, content]) => [name, content.length] as const).sort();
    t.is(lengths[1]?.[0], 'small', `${size}`);
    t.is(lengths[0]?.[0], 'large', `${size}`);
    t.true((lengths[0]?.[1] ?? 0) > 0 && (lengths[0]?.[1] ?? 0) <= mebibyte, `${lengths}`);
    t.deepEqual(opened.missed, ['large: member_size'], `${size}`);
  }
});

test('a stream of gzip members, and one of repeated blocks, end at the size of a member', async (t) => {
  for (const bomb of [bombs.longGzip(50), bombs.repeatingZstd(500)]) {
    const opened = await openSpecimen(bomb, { ...small, name: 'bomb' });
    t.is(opened.members.length, 1);
    t.true(bytesOf(opened) > 0 && bytesOf(opened) <= mebibyte);
    t.deepEqual(opened.missed.slice(0, 1), ['bomb: member_size']);
  }
});

test('a high ratio ends a container, after its first part', async (t) => {
  const opened = await openSpecimen(gzipSync(Buffer.alloc(40 * mebibyte)), { maxRatio: 10, name: 'zeros.gz' });
  t.true(bytesOf(opened) > 0 && bytesOf(opened) <= 16 * mebibyte);
  t.deepEqual(opened.inside?.reasons, { ratio: 2 });
});

test('sizes of tar and cpio that are negative or huge cost no memory, and hide nothing before them', async (t) => {
  for (const tar of bombs.wrongTars()) {
    const { members } = await openSpecimen(tar, small);
    t.deepEqual(members[0], ['small', 'a small member']);
  }
  for (const cpio of bombs.wrongCpios()) {
    const { missed } = await openSpecimen(cpio, small);
    t.true(missed.length > 0);
  }
});

test('a dictionary of 1 GiB is refused', async (t) => {
  const { missed } = await openSpecimen(bombs.hugeDictionary(), { ...small, name: 'x.lzma' });
  t.deepEqual(missed, [': out_of_memory']);
});

test('names that climb, that are absolute, empty or endless are only names', async (t) => {
  const names = ['../../../etc/passwd', '/etc/passwd', 'C:\\autoexec.bat', 'a\0b', 'x'.repeat(60_000), '..', 'con'];
  const zip = await openSpecimen(buildZip(names.map((name) => ({ name, content: 'trick' }))));
  t.deepEqual(
    zip.members.map(([, content]) => content),
    names.map(() => 'trick'),
  );
  const short = names.filter((name) => name.length < 100);
  const tar = await openSpecimen(buildTar(short.map((name) => ({ name, content: 'trick' }))));
  t.is(tar.members.filter(([, content]) => content === 'trick').length, short.length);
});

test('what is recorded of missed members is small, whatever their names, and the numbers are right', async (t) => {
  const names = Array.from({ length: 50 }, (_, index) => `${index}${'語'.repeat(5000)}`);
  const zip = buildZip(names.map((name) => ({ name, content: 'x', isStored: true, central: { crc: 1 } })));
  const opened = await openSpecimen(gzipSync(zip), { maxDepth: 4 });
  t.true(Buffer.byteLength(JSON.stringify(opened.inside?.notScanned)) < 20_000);
  t.true(opened.missed.length > 5);
  t.deepEqual(opened.inside?.reasons, { damaged: 50 });
});

test('a name that has a separator does not look like several names', async (t) => {
  const { members } = await openSpecimen(
    buildZip([
      { name: 'a > b', content: 'x' },
      { name: 'a>b', content: 'y' },
    ]),
  );
  t.deepEqual(members, [
    ['a \\u003e b', 'x'],
    ['a>b', 'y'],
  ]);
});

test('a gzip that holds itself ends at the depth', async (t) => {
  const quine = quineGzip();
  t.deepEqual(gunzipSync(quine), quine);
  const { members, inside } = await openSpecimen(quine, { maxDepth: 8 });
  t.is(members.length, 8);
  t.deepEqual(inside?.reasons, { depth: 1 });
});

test('time ends everything', async (t) => {
  const { missed } = await openSpecimen(bombs.nestedZip(3, 3), { maxMs: 0 });
  t.deepEqual(missed, [': time']);
});

test('damaged streams end at 20,000 of them in a file', async (t) => {
  const bomb = await openSpecimen(bombs.damagedPdf(20_100));
  t.deepEqual(bomb.inside?.reasons, { damaged: 20_000, members: 2 });
  const next = await openSpecimen(bombs.damagedPdf(100));
  t.deepEqual(next.inside?.reasons, { damaged: 100 });
});

test('a member behind many damaged ones is found', async (t) => {
  const opened = await openSpecimen(bombs.damagedZip(1500));
  t.true(opened.members.some(([, content]) => content === 'found behind them'));
});
