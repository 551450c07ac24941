import test from 'ava';
import { eicarForms } from '../../../domain/eicar.ts';
import { readSpecimen } from '../../../testing/specimens/read-specimen.ts';
import { assertBounded } from '../../../testing/unpack/damage.ts';
import { openFile } from '../../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);
const all = ['nrv2b', 'nrv2d', 'nrv2e', 'lzma'];
const programs = [
  ['amd64', all],
  ['i386', all],
  ['arm64', ['nrv2e', 'lzma']],
] as const;

for (const [program, methods] of programs) {
  for (const method of methods) {
    test(`a program for ${program} that UPX packed with ${method} is unpacked exactly`, async (t) => {
      const { members, inside } = await openFile(readSpecimen(`${program}-${method}.upx`));
      t.deepEqual(members.get('unpacked'), readSpecimen(program));
      t.deepEqual(inside?.notScanned, []);
      t.deepEqual(inside?.formats, ['upx']);
    });
  }
}

for (const bits of [32, 64]) {
  for (const method of all) {
    test(`a Windows program of ${bits} bits that UPX packed with ${method} has its sections again`, async (t) => {
      const { members, inside } = await openFile(readSpecimen(`pe${bits}-${method}.upx`));
      const program = members.get('unpacked') ?? Buffer.alloc(0);
      t.is(program.toString('latin1', 0, 2), 'MZ');
      t.deepEqual(inside?.notScanned, []);
      const calls = Buffer.from('e81000000090'.repeat(300), 'hex');
      t.deepEqual(program.subarray(0x400, 0x400 + calls.length), calls, 'the section is where the original has it');
      t.is(program.indexOf(eicar), 0x400 + calls.length);
    });
  }
}

test('headers of UPX that are forged do not keep a program from being unpacked', async (t) => {
  const packed = readSpecimen('amd64-nrv2e.upx');
  const at = packed.indexOf('UPX!') - 4;
  packed.fill(0, at, at + 24);
  const last = packed.lastIndexOf('UPX!');
  packed.fill(0x58, last);
  const { members } = await openFile(packed);
  const unpacked = members.get('unpacked');
  t.true(unpacked?.includes(eicar));
  t.true((unpacked?.length ?? 0) >= readSpecimen('amd64').length - 4096);
});

for (const method of all) {
  test(`the code of a Windows program tells where its data is if the header is forged: ${method}`, async (t) => {
    const packed = readSpecimen(`pe32-${method}.upx`);
    const at = packed.indexOf('UPX!');
    packed.fill(0, at, at + 32);
    packed.write('.text', packed.indexOf('UPX0'), 'latin1');
    packed.write('.data', packed.indexOf('UPX1'), 'latin1');
    const { members } = await openFile(packed);
    t.true(members.get('unpacked')?.includes(eicar));
  });
}

test('a block that states another size than it has is recorded', async (t) => {
  const packed = readSpecimen('amd64-nrv2e.upx');
  const first = packed.indexOf('UPX!') + 20;
  const second = first + 12 + packed.readUInt32LE(first + 4);
  packed.writeUInt32LE(packed.readUInt32LE(second) + 1, second);
  const { inside } = await openFile(packed);
  t.is(inside?.reasons.damaged, 1);
});

test('a program that no packer made is not opened', async (t) => {
  t.is((await openFile(readSpecimen('amd64'))).inside, null);
});

for (const name of ['amd64-nrv2b.upx', 'i386-lzma.upx', 'pe32-nrv2e.upx', 'pe64-lzma.upx']) {
  test(`a damaged program is unpacked within the limits: ${name}`, async (t) => {
    await assertBounded(t, readSpecimen(name));
  });
}
