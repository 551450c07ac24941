import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import { buildLzh } from '../../testing/specimens/build-lzh.ts';
import { buildRar, buildRar5 } from '../../testing/specimens/build-rar.ts';
import { buildTar } from '../../testing/specimens/build-tar.ts';
import { buildZip } from '../../testing/specimens/build-zip.ts';
import { openSpecimen } from '../../testing/specimens/open-specimen.ts';

/** Made by `src/testing/specimens/make.sh`, with independent tools. */
const folder = new URL('../../testing/specimens/files/', import.meta.url);
const payload = Array.from({ length: 40 }, (_, index) => `the payload of a specimen, line ${index + 1}\n`).join('');

/** The places of the payload in each specimen. */
const specimens: Readonly<Record<string, readonly string[]>> = {
  'BZip2.zip': ['a.txt'],
  'Deflate64.zip': ['a.txt'],
  'LZMA.zip': ['a.txt'],
  'PPMd.zip': ['a.txt'],
  'a.txt.Z': ['a.txt'],
  'a.txt.bzip2': ['a.txt'],
  'a.txt.lzma': ['a.txt'],
  'a.txt.xz': ['a.txt'],
  'a.txt.zstd': ['a.txt'],
  'aes.zip': ['a.txt'],
  'bin.cpio': ['a.txt', 'd/b.txt'],
  'compressed.cab': ['a.txt'],
  'encrypted-headers.7z': ['a.txt'],
  'encrypted.7z': ['a.txt'],
  'info-zip.zip': ['a.txt', 'd/b.txt'],
  'members.7z': ['a.txt', 'd/b.txt'],
  'members.a': ['a.txt', 'b.txt'],
  'members.arj': ['a.txt'],
  'members.cab': ['a.txt', 'd/b.txt'],
  'members.tbz2': ['members.tar > a.txt', 'members.tar > d/b.txt'],
  'members.wim': ['b.txt'],
  'newc.cpio': ['a.txt', 'd/b.txt'],
  'odc.cpio': ['a.txt', 'd/b.txt'],
  'package.deb': ['data.tar.xz > data.tar > opt/a.txt'],
  'several-encrypted-headers.7z': ['a.txt', 'd/b.txt'],
  'stream.zip': ['a.txt'],
  'zipcrypto.zip': ['a.txt'],
};

test('every specimen of an independent tool opens, whatever its name', async (t) => {
  for (const [file, places] of Object.entries(specimens)) {
    const { members, missed } = await openSpecimen(readFileSync(new URL(file, folder)), { name: file });
    t.deepEqual(missed, [], file);
    t.deepEqual(
      members.filter(([, content]) => content === payload).map(([place]) => place),
      places,
      file,
    );
  }
});

test('a member without a known password is recorded as encrypted, and so is an archive that lists none', async (t) => {
  const missed = {
    'unknown-password.zip': ['a.txt: encrypted'],
    'unknown-password.7z': [': encrypted'],
  };
  for (const [file, expected] of Object.entries(missed)) {
    const opened = await openSpecimen(readFileSync(new URL(file, folder)), { passwords: ['wrong'] });
    t.deepEqual(opened.missed, expected, file);
    t.deepEqual(opened.members, [], file);
    t.deepEqual((await openSpecimen(readFileSync(new URL(file, folder)), { passwords: ['x', 'unknown'] })).missed, []);
  }
  t.deepEqual([...Object.keys(specimens), ...Object.keys(missed)].sort(), readdirSync(folder).sort());
});

test('a 7z of several members with encrypted headers is recorded, or opens with its password', async (t) => {
  const bytes = readFileSync(new URL('several-encrypted-headers.7z', folder));
  t.deepEqual((await openSpecimen(bytes, { passwords: ['wrong'] })).missed, [': encrypted']);
  t.deepEqual(
    (await openSpecimen(bytes)).members.map(([place]) => place),
    ['a.txt', 'd/b.txt'],
  );
});

test('a rar of version 4 or 5, an lzh, and a tar without a magic open', async (t) => {
  const members = [{ name: 'a.txt', content: payload }];
  for (const bytes of [
    buildRar(members),
    buildRar5(members),
    buildLzh(members),
    buildTar([{ name: 'a.txt', content: payload, hasMagic: false }]),
  ]) {
    const opened = await openSpecimen(bytes);
    t.deepEqual(opened.members, [['a.txt', payload]]);
    t.deepEqual(opened.missed, []);
  }
});

test('a member that is cut off is scanned as far as it can be read, and recorded as damaged', async (t) => {
  for (const file of ['a.txt.bzip2', 'a.txt.lzma', 'a.txt.xz', 'members.7z', 'members.cab', 'newc.cpio', 'aes.zip']) {
    const bytes = readFileSync(new URL(file, folder));
    const { members, missed } = await openSpecimen(bytes.subarray(0, Math.floor(bytes.length * 0.5)), { name: file });
    t.true(
      missed.some((each) => each.endsWith(': damaged')),
      `${file}: ${missed.join()}`,
    );
    t.true(
      members.every(([, content]) => payload.startsWith(content)),
      file,
    );
  }
});

const lines = Array.from({ length: 40 }, (_, index) => `a line of the payload, ${index % 7}\n`).join('');

test('zstd behind frames that are skipped is opened', async (t) => {
  const zstd = zstdCompressSync(lines);
  const skipped = Buffer.from('5a2a4d1804000000abcdabcd', 'hex');
  const { members } = await openSpecimen(Buffer.concat([...Array.from({ length: 500 }, () => skipped), zstd]), {
    name: 'a.zst',
  });
  t.deepEqual(members, [['a', lines]]);
});

test('a zip behind a compressed file is opened, also with bytes behind it', async (t) => {
  const zip = buildZip([{ name: 'a', content: lines }]);
  for (const behind of ['', 'x']) {
    const { members } = await openSpecimen(Buffer.concat([gzipSync(''), zip, Buffer.from(behind)]), { name: 'x.zip' });
    t.true(
      members.some(([name, content]) => name === 'a' && content === lines),
      behind,
    );
  }
});

test('a folder with the name of a file hides nothing', async (t) => {
  const members = [
    ['a', 'first'],
    ['a/b', 'second'],
    ['a', 'third'],
    ['a/b/c', 'fourth'],
    ['a/b', 'fifth'],
  ] as const;
  const opened = await openSpecimen(buildTar(members.map(([name, content]) => ({ name, content }))));
  t.deepEqual(opened.members, members);
  t.deepEqual(opened.missed, []);
});

test('what follows the end of a tar is a member, and opened', async (t) => {
  const first = buildTar([
    { name: 'a', content: 'first' },
    { name: 'd', content: '', type: '5' },
  ]);
  const second = buildTar([{ name: 'b', content: 'second' }]);
  for (const zeros of [0, 9000]) {
    const { members, missed } = await openSpecimen(Buffer.concat([first, Buffer.alloc(zeros), second]));
    t.deepEqual(missed, []);
    t.deepEqual(members.filter(([place]) => place !== 'behind the end').sort(), [
      ['a', 'first'],
      ['behind the end > b', 'second'],
    ]);
  }
  t.is((await openSpecimen(Buffer.concat([first, Buffer.alloc(9000)]))).members.length, 1);
});

test('a link is nothing that is missing', async (t) => {
  const link = { name: 'link', content: 'target', type: '2' };
  const { missed } = await openSpecimen(buildTar([{ name: 'a', content: 'x' }, link]));
  t.deepEqual(missed, []);
});
