import { deflateSync } from 'node:zlib';
import test from 'ava';
import * as CFB from 'cfb';
import { eicarForms } from '../../../domain/eicar.ts';
import { readSpecimen } from '../../../testing/specimens/read-specimen.ts';
import { assertBounded } from '../../../testing/unpack/damage.ts';
import { openFile } from '../../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);

/** A compound file, written by another library. */
function compound(streams: Readonly<Record<string, Uint8Array>>): Buffer {
  const file = CFB.utils.cfb_new();
  for (const [path, bytes] of Object.entries(streams)) CFB.utils.cfb_add(file, `/${path}`, Buffer.from(bytes));
  return Buffer.from(CFB.write(file, { type: 'buffer' }) as Uint8Array);
}

test('each stream is a member with its path, small or large', async (t) => {
  const large = Buffer.alloc(100_000, 'large ');
  const { members, inside } = await openFile(
    compound({ 'a/b/small': eicar, large, 'a/medium': Buffer.alloc(4096, 1) }),
  );
  t.deepEqual(members.get('a/b/small'), eicar);
  t.deepEqual(members.get('large'), large);
  t.is(members.get('a/medium')?.length, 4096);
  t.deepEqual(inside?.notScanned, []);
  t.deepEqual(inside?.formats, ['ole']);
});

test('macros are members by the names of their modules', async (t) => {
  const { members, inside } = await openFile(readSpecimen('vbaProject.bin'));
  t.is(
    members.get('Module1')?.toString(),
    'Attribute VB_Name = "Module1"\r\nSub say_hello()\r\n    MsgBox ("Hello from Python!")\r\nEnd Sub\r\n',
  );
  t.true(members.get('ThisWorkbook')?.toString().startsWith('Attribute VB_Name = "ThisWorkbook"'));
  t.true(members.has('VBA/ThisWorkbook'));
  t.deepEqual(inside?.notScanned, []);
});

test('macros are found without the directory of their project', async (t) => {
  const file = CFB.read(readSpecimen('vbaProject.bin'), { type: 'buffer' });
  const streams: Record<string, Uint8Array> = {};
  for (const [index, path] of file.FullPaths.entries()) {
    const content = file.FileIndex[index]?.content;
    if (content === undefined || content.length === 0 || path.endsWith('/')) continue;
    streams[path.split('/').slice(1).join('/')] = path.endsWith('/dir') ? Buffer.from('nothing') : Buffer.from(content);
  }
  const { members } = await openFile(compound(streams));
  t.true(members.get('Module1')?.includes('say_hello'));
});

test('the streams of an installer package have their names, and its cabinet is there', async (t) => {
  const { members } = await openFile(readSpecimen('package.msi'));
  t.is(members.get('c.cab')?.toString('latin1', 0, 4), 'MSCF');
  t.true(members.has('_StringData'));
  t.true(members.has('InstallExecuteSequence'));
});

test('an attachment of an Outlook message has its long file name', async (t) => {
  const folder = '__attach_version1.0_#00000000';
  const { members } = await openFile(
    compound({
      [`${folder}/__substg1.0_37010102`]: eicar,
      [`${folder}/__substg1.0_3704001F`]: Buffer.from('EICAR~1.COM', 'utf16le'),
      [`${folder}/__substg1.0_3707001F`]: Buffer.from('rechnung ü.com', 'utf16le'),
    }),
  );
  t.deepEqual(members.get('rechnung ü.com'), eicar);
});

test('a file that was dropped into a document is a member', async (t) => {
  const text = (value: string) => Buffer.from(`${value}\0`, 'latin1');
  const number = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const rest = Buffer.concat([
    ...[Buffer.of(2, 0), text('e.com'), text('C:\\e.com'), Buffer.of(0, 0, 3, 0)],
    ...[number(9), text('C:\\e.com'), number(eicar.length), eicar],
  ]);
  const { members } = await openFile(compound({ '\x01Ole10Native': Buffer.concat([number(rest.length), rest]) }));
  t.deepEqual(members.get('e.com'), eicar);
});

test('objects of a presentation are decompressed', async (t) => {
  const inner = compound({ payload: eicar });
  const data = deflateSync(inner);
  const header = Buffer.from('1000111000000000', 'hex');
  header.writeUInt32LE(data.length + 4, 4);
  const stream = Buffer.concat([Buffer.alloc(100), header, Buffer.from(Uint32Array.of(inner.length).buffer), data]);
  const { members } = await openFile(compound({ 'PowerPoint Document': stream }));
  t.deepEqual(members.get('object1.bin > payload'), eicar);
});

test('macros of a document that is saved as a web page are opened', async (t) => {
  const header = Buffer.alloc(0x32);
  header.write('ActiveMime');
  const { members } = await openFile(Buffer.concat([header, deflateSync(readSpecimen('vbaProject.bin'))]));
  t.true(members.get('editdata.bin > Module1')?.includes('say_hello'));
});

test('an encrypted document is recorded as such', async (t) => {
  const encrypted = await openFile(compound({ EncryptedPackage: Buffer.alloc(64), EncryptionInfo: Buffer.alloc(64) }));
  t.is(encrypted.inside?.reasons.encrypted, 1);
  const workbook = await openFile(compound({ Workbook: Buffer.from('09080400000605002f00060000000000000000', 'hex') }));
  t.is(workbook.inside?.reasons.encrypted, 1);
});

test('a chain of sectors with a cycle gives no more than the file has', async (t) => {
  const file = compound({ large: Buffer.alloc(20_000, 1) });
  const fat = (file.readUInt32LE(76) + 1) * 512;
  for (let at = fat; at < fat + 512; at += 4) if (file.readUInt32LE(at) < 100) file.writeUInt32LE((at - fat) / 4, at);
  const { inside } = await openFile(file);
  t.true((inside?.bytes ?? 0) <= 2 * file.length);
});

test('a stream that no storage has is a member', async (t) => {
  const file = compound({ hidden: eicar, shown: Buffer.from('shown') });
  const directory = (file.readUInt32LE(48) + 1) * 512;
  // The tree of the root is empty.
  file.writeUInt32LE(0xffffffff, directory + 76);
  const { members } = await openFile(file);
  t.deepEqual(members.get('hidden'), eicar);
});

test('a chain that ends early is recorded as damaged', async (t) => {
  const file = compound({ large: Buffer.alloc(20_000, 1) });
  const { inside } = await openFile(file.subarray(0, file.length - 10_000));
  t.true((inside?.reasons.damaged ?? 0) > 0);
});

for (const name of ['vbaProject.bin', 'package.msi']) {
  test(`a damaged file is opened within the limits: ${name}`, async (t) => {
    await assertBounded(t, readSpecimen(name));
  });
}
