import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { buildTar } from '../../testing/specimens/build-tar.ts';
import { openSpecimen } from '../../testing/specimens/open-specimen.ts';
import { contentName } from './content-name.ts';

const text = Array.from({ length: 5000 }, (_, line) => `line ${line * 7919}\n`).join('');
const gz = gzipSync(text);
const bzip2 = readFileSync(new URL('../../testing/specimens/files/a.txt.bzip2', import.meta.url));

test('members of a gzip are one content, and bytes behind it do not matter', async (t) => {
  const opened = await openSpecimen(Buffer.concat([gz, gzipSync('second'), Buffer.from('trailing')]), {
    name: 'a.log.gz',
  });
  t.deepEqual(opened.members, [['a.log', `${text}second`]]);
  t.deepEqual(opened.missed, []);
});

test('a gzip that is cut off or damaged is read as far as it goes, and recorded', async (t) => {
  const damaged = Buffer.from(gz);
  damaged.fill(0xff, gz.length - 200, gz.length - 150);
  for (const bytes of [gz.subarray(0, gz.length / 2), damaged]) {
    const { members, missed } = await openSpecimen(bytes, { name: 'a.gz' });
    const [place, content = ''] = members[0] ?? [];
    t.is(place, 'a');
    t.true(content.length > 10_000 && text.startsWith(content.slice(0, 10_000)));
    t.deepEqual(missed, ['a: damaged']);
  }
});

test('what follows the end of a gzip is a member, and opened', async (t) => {
  const tar = buildTar([{ name: 'x', content: 'the payload' }]);
  const named = Buffer.concat([gz.subarray(0, 10), Buffer.from('n\0c\0'), gz.subarray(10)]);
  named[3] = 0x18;
  for (const first of [gz, Buffer.concat([gz, named])]) {
    for (const between of [Buffer.from('junk'), Buffer.alloc(600), Buffer.alloc(0)]) {
      const behind = between.length === 4 ? Buffer.concat([between, bzip2]) : Buffer.concat([between, tar]);
      const { members, missed } = await openSpecimen(Buffer.concat([first, behind]), { name: 'a.gz' });
      t.deepEqual(missed, [], `${between.length}`);
      t.true(members.some(([, content]) => content.startsWith(text)));
      const expected = between.length === 4 ? 'behind the end' : 'behind the end > x';
      t.true(
        members.some(([place]) => place === expected),
        `${members.map(([place]) => place)}`,
      );
    }
  }
});

test('zeros and a few bytes behind a gzip are no member', async (t) => {
  for (const behind of [Buffer.alloc(10_000), Buffer.from('trailing')]) {
    t.is((await openSpecimen(Buffer.concat([gz, behind]))).members.length, 1);
  }
});

test('a stored name is used', async (t) => {
  const named = Buffer.concat([gz.subarray(0, 10), Buffer.from('inner.txt\0'), gz.subarray(10)]);
  named[3] = 8;
  t.is((await openSpecimen(named, { name: 'outer.gz' })).members[0]?.[0], 'inner.txt');
});

test('the content of a compressed file is named after it', (t) => {
  const names = {
    'a.tgz': 'a.tar',
    'a.TBZ2': 'a.tar',
    'a.txt.xz': 'a.txt',
    'd/a.zst': 'a',
    a: 'a',
    '.gz': '.gz',
    '': 'content',
  };
  for (const [name, expected] of Object.entries(names)) t.is(contentName(name), expected);
});
