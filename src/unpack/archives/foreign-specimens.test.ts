import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import test from 'ava';
import { buildDmg } from '../../testing/specimens/build-dmg.ts';
import { buildRar, buildRar5 } from '../../testing/specimens/build-rar.ts';
import { buildTar } from '../../testing/specimens/build-tar.ts';
import { openSpecimen } from '../../testing/specimens/open-specimen.ts';

/** Made by WinRAR, from the tests of https://github.com/markokr/rarfile. */
const rar = (file: string) => readFileSync(new URL(`../../testing/specimens/rarfile/${file}.rar`, import.meta.url));

test('compressed, solid and encrypted rars open', async (t) => {
  for (const file of ['rar3-solid', 'rar5-solid', 'rar5-hpsw']) {
    const { members, missed } = await openSpecimen(rar(file));
    t.deepEqual(missed, [], file);
    t.deepEqual(
      members.map(([name, { length }]) => [name, length]),
      ['stest1.txt', 'stest2.txt'].map((name) => [name, 2048]),
    );
    t.true(
      members.every(([, content]) => content.startsWith('000\n001\n002\n')),
      file,
    );
  }
});

test('a rar that encrypts its list of members opens with the password, and is recorded without', async (t) => {
  for (const file of ['rar3-comment-hpsw', 'rar5-hpsw']) {
    t.deepEqual((await openSpecimen(rar(file))).missed, [], file);
    const { members, missed } = await openSpecimen(rar(file), { passwords: ['wrong'] });
    t.deepEqual([members, missed], [[], [': encrypted']], file);
  }
});

test('an archive that goes on in another volume is recorded', async (t) => {
  const members = [{ name: 'a', content: 'a member' }];
  for (const [archive, flagsAt] of [
    [buildRar(members), 10],
    [buildRar5(members), 15],
  ] as const) {
    t.deepEqual((await openSpecimen(archive)).missed, []);
    const volume = Buffer.from(archive);
    volume[flagsAt] = 1;
    const { missed } = await openSpecimen(volume);
    t.is(missed[0], ': unsupported', `${flagsAt}`);
  }
});

test('a disk image of macOS and a compressed Flash file open', async (t) => {
  const partition = buildTar([{ name: 'a', content: 'the payload' }]);
  const dmg = await openSpecimen(buildDmg(partition));
  t.deepEqual(dmg.members.at(-1), ['0.disk image > a', 'the payload']);
  t.deepEqual(dmg.missed, []);
  const body = Buffer.from('the payload of a movie');
  const flash = Buffer.from('CWS\x08\0\0\0\0');
  flash.writeUInt32LE(8 + body.length, 4);
  const { members, missed } = await openSpecimen(Buffer.concat([flash, deflateSync(body)]), { name: 'a.swf' });
  t.true(members.length === 1 && (members[0]?.[1].endsWith('the payload of a movie') ?? false), `${members}`);
  t.deepEqual(missed, []);
});

test('HFS of before 1998 is recorded as unsupported', async (t) => {
  const image = Buffer.alloc(64 * 1024);
  image.write('BD', 1024);
  image.writeUInt16BE(100, 1042);
  image.writeUInt32BE(512, 1044);
  image.write('\x03vol', 1060);
  t.deepEqual((await openSpecimen(image)).missed, [': unsupported']);
  image.writeUInt32BE(511, 1044);
  t.is((await openSpecimen(image)).inside, null);
});

test('however many false starts of archives come before it, a rar is found behind other content', async (t) => {
  const archive = buildRar5([{ name: 'a', content: 'payload' }]);
  for (const start of ['7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07\x00', 'Rar!\x1a\x07\x01\x00']) {
    const before = Buffer.from(`x ${start}__`.repeat(5000), 'latin1');
    const { members } = await openSpecimen(Buffer.concat([before, archive]));
    t.deepEqual(members, [['a', 'payload']], JSON.stringify(start));
  }
});
