import { gzipSync } from 'node:zlib';
import test from 'ava';
import { openSpecimen } from '../../testing/specimens/open-specimen.ts';
import { contentName } from './content-name.ts';

const text = Array.from({ length: 5000 }, (_, line) => `line ${line * 7919}\n`).join('');
const gz = gzipSync(text);

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
