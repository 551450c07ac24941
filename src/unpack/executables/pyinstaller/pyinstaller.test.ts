import test from 'ava';
import { eicarForms } from '../../../domain/eicar.ts';
import { readSpecimen } from '../../../testing/specimens/read-specimen.ts';
import { assertBounded } from '../../../testing/unpack/damage.ts';
import { openFile } from '../../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);
const specimen = readSpecimen('bundle.pyinstaller');

test('the files of a program of PyInstaller are opened, and its modules with their names', async (t) => {
  const { members, inside } = await openFile(specimen);
  t.deepEqual(members.get('eicar.com'), eicar);
  t.true(members.get('PYZ.pyz > hello.pyc')?.includes(eicar));
  t.deepEqual(inside?.notScanned, []);
  t.deepEqual(inside?.formats, ['pyinstaller', 'pyz']);
});

test('a signature behind it does not hide it', async (t) => {
  const { members } = await openFile(Buffer.concat([specimen, Buffer.alloc(20_000)]));
  t.deepEqual(members.get('eicar.com'), eicar);
});

test('a module that cannot be decompressed is recorded, the others are opened', async (t) => {
  const damaged = Buffer.from(specimen);
  const pyz = damaged.indexOf('PYZ\0');
  damaged.fill(0xff, pyz + 17, pyz + 30);
  const { members, inside } = await openFile(damaged);
  t.deepEqual(members.get('eicar.com'), eicar);
  t.deepEqual(inside?.notScanned[0]?.place, ['PYZ.pyz', 'hello.pyc']);
});

test('a damaged program is opened within the limits', async (t) => {
  await assertBounded(t, specimen);
});
