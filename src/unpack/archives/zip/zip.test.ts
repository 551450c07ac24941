import { crc32, deflateRawSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { overlappingZip } from '../../../testing/specimens/bombs.ts';
import { buildZip, centralHeader, directory, type ZipMember } from '../../../testing/specimens/build-zip.ts';
import { openSpecimen } from '../../../testing/specimens/open-specimen.ts';

const a: ZipMember = { name: 'a.txt', content: 'first member' };
const b: ZipMember = { name: 'b.txt', content: 'second member, second member', isStored: true };
const both = [
  ['a.txt', 'first member'],
  ['b.txt', 'second member, second member'],
];
const sorted = (members: readonly (readonly [string, string])[]) => [...members].sort();

test('members of any names and contents open, each once and in order', async (t) => {
  const member = fc.record({
    name: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !name.endsWith('/')),
    content: fc.uint8Array({ maxLength: 200 }),
    isStored: fc.boolean(),
    hasDescriptor: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 5 }), async (members) => {
      const { members: found, missed } = await openSpecimen(buildZip(members), { maxDepth: 1 });
      const expected = members.map(({ name, content }) => [
        Buffer.from(name).toString(),
        Buffer.from(content).toString('latin1'),
      ]);
      t.deepEqual([found, missed], [expected as never, []]);
    }),
    { numRuns: 50 },
  );
});

test('bytes before and after a zip do not matter, if the offsets know of them or not', async (t) => {
  const zip = buildZip([a, b]);
  for (const bytes of [
    Buffer.concat([Buffer.from('any program'), zip]),
    Buffer.concat([zip, Buffer.from('trailing')]),
    buildZip([a, b], { comment: 'PK\x05\x06 a comment that looks like an end' }),
  ]) {
    t.deepEqual((await openSpecimen(bytes)).members, both as never);
  }
});

test('members that no directory has are found: hidden, between, behind, or in a zip that is cut off', async (t) => {
  const hidden = { ...b, isHidden: true };
  const zip = buildZip([a, b]);
  for (const bytes of [
    buildZip([a, hidden]),
    buildZip([hidden, a]),
    buildZip([a, { ...hidden, hasDescriptor: true }]),
    buildZip([{ ...a, isHidden: true, hasDescriptor: true }, b]),
    Buffer.concat([buildZip([a]), buildZip([b])]),
    Buffer.concat([buildZip([a]), buildZip([b]).subarray(0, 35 + 28)]),
    zip.subarray(0, zip.length - 30),
  ]) {
    const { members } = await openSpecimen(bytes);
    t.deepEqual(sorted(members), both as never);
  }
});

test('a zip that is cut off is recorded as damaged, with what can be read of its last member', async (t) => {
  const content = Buffer.from(Array.from({ length: 500 }, (_, line) => `line ${line * 7919}\n`).join(''));
  const whole = buildZip([a, { name: 'long', content }]);
  const { members, missed } = await openSpecimen(whole.subarray(0, 600));
  t.deepEqual(
    members.map(([name]) => name),
    ['a.txt', 'long'],
  );
  t.true((members[1]?.[1].length ?? 0) > 500 && content.toString().startsWith(members[1]?.[1] ?? '?'));
  t.deepEqual([...missed].sort(), [': damaged', 'long: damaged']);
});

test('a damaged member is read as far as it goes, and costs no other', async (t) => {
  const content = Buffer.from(Array.from({ length: 9000 }, (_, line) => `line ${line * 7919}\n`).join(''));
  const zip = buildZip([{ name: 'long', content }, a]);
  zip.fill(0xff, 20_000, 20_010);
  const { members, missed } = await openSpecimen(zip);
  t.deepEqual(members.map(([name]) => name).sort(), ['a.txt', 'long']);
  const long = members.find(([name]) => name === 'long')?.[1] ?? '';
  t.true(long.length > 10_000 && content.toString().startsWith(long.slice(0, 10_000)));
  t.deepEqual(missed, ['long: damaged']);
});

test('local headers that contradict the directory are both believed', async (t) => {
  const real = { ...a, content: deflateRawSync('behind another method'), isStored: true };
  const { members } = await openSpecimen(buildZip([{ ...real, local: { method: 8, crc: 1 } }]));
  t.deepEqual(
    members.map(([, content]) => content).sort(),
    ['behind another method', deflateRawSync('behind another method').toString('latin1')].sort(),
  );
});

test('an encrypted flag or a method that pretends does not hide a member', async (t) => {
  for (const lie of [{ flags: 1 }, { method: 12345 }, { flags: 1, method: 98 }]) {
    for (const isStored of [true, false]) {
      const { members, missed } = await openSpecimen(buildZip([{ ...a, isStored, local: lie, central: lie }]));
      t.deepEqual([members, missed], [[['a.txt', 'first member']], []] as never, JSON.stringify(lie));
    }
  }
});

test('sizes that lie do not matter, and a wrong checksum is recorded', async (t) => {
  const lying = buildZip([{ ...a, central: { size: 0xffff_fff0 }, local: { size: 1 } }]);
  t.deepEqual((await openSpecimen(lying)).members, [['a.txt', 'first member']]);
  const wrong = await openSpecimen(buildZip([{ ...a, central: { crc: 1 } }, b]));
  t.deepEqual(wrong.members, both as never);
  t.deepEqual(wrong.missed, ['a.txt: damaged']);
});

test('a folder is no member, unless it holds bytes', async (t) => {
  const zip = buildZip([
    { name: 'd/', content: '', isStored: true },
    { name: 'e/', content: 'hidden in a folder', isStored: true },
  ]);
  t.deepEqual((await openSpecimen(zip)).members, [['e/', 'hidden in a folder']]);
});

test('an entry without a member is recorded', async (t) => {
  const fields = { name: 'gone', flags: 0, method: 0, crc: 0, packed: 5, size: 5, at: 1000 };
  const { missed } = await openSpecimen(directory([centralHeader(fields)], 0));
  t.deepEqual(missed, ['gone: damaged']);
});

test('a zip in a tar is opened once, and one behind a tar is opened, too', async (t) => {
  const { buildTar } = await import('../../../testing/specimens/build-tar.ts');
  const zip = buildZip([a]);
  const inner = await openSpecimen(buildTar([{ name: 'a.zip', content: zip }]));
  t.deepEqual(
    inner.members.map(([place]) => place),
    ['a.zip', 'a.zip > a.txt'],
  );
  const behind = await openSpecimen(Buffer.concat([buildTar([{ name: 'x', content: 'x' }]), zip]));
  // Also as the member that is behind the end of the tar.
  t.deepEqual(
    behind.members.map(([place]) => place),
    ['behind the end', 'behind the end > a.txt', 'x', 'a.txt'],
  );
});

const end = Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1');

test('ends without a directory, in a comment or behind the zip, hide no directory', async (t) => {
  const odd = { name: 'odd\x01', content: 'a member' };
  const ends = end.toString('latin1').repeat(20);
  for (const zip of [buildZip([odd], { comment: ends }), Buffer.concat([buildZip([odd]), Buffer.from(ends)])]) {
    t.deepEqual((await openSpecimen(zip)).members, [['odd\x01', 'a member']]);
  }
});

test('more directories than are read are recorded', async (t) => {
  const zip = Buffer.concat(Array.from({ length: 40 }, (_, index) => buildZip([{ name: `${index}`, content: 'x' }])));
  const { members, missed } = await openSpecimen(zip);
  t.deepEqual(missed, [': damaged']);
  // They have local headers, too.
  t.is(members.length, 40);
});

test('a member behind the end of compressed data, or in an extra field, is found, whatever its name', async (t) => {
  const hidden = buildZip([{ name: '\n', content: 'hidden', isHidden: true }]).subarray(0, -end.length);
  const cover = deflateRawSync('cover');
  const data = Buffer.concat([cover, hidden]);
  const lie = { method: 8, packed: data.length, size: 5, crc: crc32('cover') };
  const behind = buildZip([{ name: 'cover', content: data, isStored: true, local: lie, central: lie }]);
  const plain = buildZip([{ ...a, isStored: true }]);
  const inExtra = Buffer.concat([plain.subarray(0, 35), hidden, plain.subarray(35)]);
  inExtra.writeUInt16LE(hidden.length, 28);
  for (const zip of [behind, inExtra]) {
    t.deepEqual((await openSpecimen(zip)).members.find(([name]) => name === '\n')?.[1], 'hidden');
  }
});

test('a method that only the local header states is used, also if the sizes follow the data', async (t) => {
  const packed = deflateRawSync(a.content).length;
  const zip = buildZip([{ ...a, hasDescriptor: true, central: { method: 0, size: packed } }]);
  t.true((await openSpecimen(zip)).members.some(([, content]) => content === a.content));
});

test('members that are too large do not take the time of the others', async (t) => {
  const bomb = overlappingZip(1500, 40 * 1024 * 1024);
  const limits = { maxMemberBytes: 32 * 1024 * 1024, maxRatio: 1e6, maxBytes: 64 * 1024 * 1024, maxMs: 60_000 };
  const { missed } = await openSpecimen(bomb, limits);
  // To inflate each would be 48 GB: time would be up before the first is given.
  t.true(missed.includes('00000: member_size'), `${missed}`);
});
