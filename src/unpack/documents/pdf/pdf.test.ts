import { deflateSync } from 'node:zlib';
import test from 'ava';
import { eicarForms } from '../../../domain/eicar.ts';
import { readSpecimen } from '../../../testing/specimens/read-specimen.ts';
import { assertBounded } from '../../../testing/unpack/damage.ts';
import { openFile } from '../../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);

for (const name of ['objects', 'rc4-40', 'rc4-128', 'aes-128', 'aes-256', 'infected']) {
  test(`an embedded file has its name and its content: ${name}`, async (t) => {
    const { members, inside } = await openFile(readSpecimen(`${name}.pdf`));
    t.deepEqual(members.get('eicar.com'), eicar);
    t.deepEqual(inside?.notScanned, []);
  });
}

test('a document with a password that is not known is recorded as encrypted', async (t) => {
  const { members, inside } = await openFile(readSpecimen('unknown.pdf'));
  t.is(members.size, 0);
  t.deepEqual(inside?.notScanned, [{ place: [], reason: 'encrypted', detail: 'pdf' }]);
});

const object = (dictionary: string, data: Uint8Array | string, end = '\nendstream\nendobj\n', number = 7) =>
  Buffer.concat([
    Buffer.from(`${number} 0 obj\n${dictionary}\nstream\n`, 'latin1'),
    typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
    Buffer.from(end),
  ]);
const pdf = (...parts: readonly (Uint8Array | string)[]) =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), ...parts.map((part) => Buffer.from(part as Uint8Array))]);
const deflated = deflateSync(eicar);
const hex = eicar.toString('hex');

/** Made with Python's `base64.a85encode`. */
function ascii85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const part = Buffer.alloc(4);
    const length = bytes.copy(part, 0, at, at + 4);
    let value = part.readUInt32BE();
    let digits = '';
    for (let digit = 0; digit < 5; digit += 1) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    text += digits.slice(0, length + 1);
  }
  return `${text}~>`;
}

/** Codes of nine bits that are all letters, with a clear code first. */
function lzw(bytes: Buffer): Buffer {
  const bits = [256, ...bytes, 257].map((code) => code.toString(2).padStart(9, '0')).join('');
  return Buffer.from(bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? []);
}

const rows = Buffer.concat([
  Buffer.of(0),
  eicar.subarray(0, 34),
  Buffer.of(2),
  eicar.subarray(34).map((byte, at) => byte - (eicar[at] ?? 0)),
]);
const encoded: readonly (readonly [string, string, Uint8Array | string])[] = [
  ['Flate', '/Filter /FlateDecode', deflated],
  ['an abbreviated name', '/Filter /Fl', deflated],
  ['a name with escapes', '/Fi#6cter /Fl#61teDecode', deflated],
  ['hexadecimal digits', '/Filter/ASCIIHexDecode', `${hex}>`],
  ['ASCII85', '/Filter [/ASCII85Decode]', ascii85(eicar)],
  ['run lengths', '/Filter /RunLengthDecode', Buffer.concat([Buffer.of(eicar.length - 1), eicar, Buffer.of(128)])],
  ['LZW', '/Filter /LZWDecode', lzw(eicar)],
  ['a chain', '/Filter [/ASCIIHexDecode /FlateDecode]', `${deflated.toString('hex')}>`],
  ['a predictor', '/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 34 >>', deflateSync(rows)],
  ['no filter', '', eicar],
];

for (const [title, filter, data] of encoded) {
  test(`a stream is decoded: ${title}`, async (t) => {
    const { members, inside } = await openFile(pdf(object(`<< /Length ${data.length} ${filter} >>`, data)));
    t.deepEqual(members.get('object 7'), eicar);
    t.deepEqual(inside?.notScanned, []);
  });
}

test('a length is not believed if no stream ends there', async (t) => {
  const { members } = await openFile(pdf(object('<< /Length 999999 /Filter /FlateDecode >>', deflated)));
  t.deepEqual(members.get('object 7'), eicar);
});

test('an object in what a length calls data is opened, too', async (t) => {
  const inner = object('<< /Filter /FlateDecode >>', deflated, undefined, 8);
  const { members } = await openFile(pdf(object(`<< /Length ${inner.length} >>`, inner)));
  t.deepEqual(members.get('object 8'), eicar);
});

test('a dictionary that is damaged does not hide its stream', async (t) => {
  const { members } = await openFile(pdf(object('<< /A (never closed', eicar)));
  t.true(members.get('object 7')?.includes(eicar) ?? false);
});

test('a stream that is truncated gives what it has', async (t) => {
  const long = deflateSync(
    Buffer.concat([eicar, Buffer.from(Array.from({ length: 9000 }, (_, at) => (at * at) >> 3))]),
  );
  const data = pdf(object('<< /Filter /FlateDecode >>', long.subarray(0, long.length / 2), ''));
  const { members } = await openFile(data);
  t.true(members.get('object 7')?.includes(eicar));
});

test('a stream that is damaged gives what comes before, and is recorded', async (t) => {
  const long = deflateSync(
    Buffer.concat([eicar, Buffer.from(Array.from({ length: 99_999 }, (_, at) => (at * at) >> 3))]),
  );
  long.fill(0xff, long.length >> 1);
  const { members, inside } = await openFile(pdf(object('<< /Filter /FlateDecode >>', long)));
  t.true(members.get('object 7')?.includes(eicar));
  t.is(inside?.reasons.damaged, 1);
});

test('scripts are members, from literal and from hexadecimal strings', async (t) => {
  const literal = pdf('3 0 obj << /S /JavaScript /JS (app.alert\\(1\\);\\101) >> endobj\n');
  t.is((await openFile(literal)).members.get('object 3 JavaScript')?.toString(), 'app.alert(1);A');
  const wide = Buffer.from('\ufeffeval("x")', 'utf16le').swap16().toString('hex');
  const hexadecimal = pdf(`3 0 obj << /#4a#53 <${wide}> >> endobj\n`);
  t.is((await openFile(hexadecimal)).members.get('object 3 JavaScript')?.toString(), 'eval("x")');
});

test('a header may have other bytes before it, but not more than readers accept', async (t) => {
  const file = pdf(object('<< /Filter /FlateDecode >>', deflated));
  t.is((await openFile(Buffer.concat([Buffer.alloc(1000), file]))).members.size, 1);
  t.is((await openFile(Buffer.concat([Buffer.alloc(1025), file]))).inside, null);
});

test('a stream that fills the memory is cut at the limit of a member', async (t) => {
  const bomb = deflateSync(Buffer.concat([eicar, Buffer.alloc(8 * 1024 * 1024)]));
  const limits = { maxMemberBytes: 1024 * 1024 };
  const file = pdf(object('<< /Filter /FlateDecode >>', bomb), object('<< /Length 4 >>', 'next'));
  const { members, inside } = await openFile(file, { limits });
  t.is(inside?.reasons.member_size, 1);
  t.is(members.get('object 7')?.toString(), 'next', 'what follows is opened');
});

for (const name of ['objects.pdf', 'aes-256.pdf', 'rc4-40.pdf']) {
  test(`a damaged document is opened within the limits: ${name}`, async (t) => {
    await assertBounded(t, readSpecimen(name));
  });
}

test('many objects that are never closed cost linear time', async (t) => {
  const hostile = pdf('1 0 obj <<('.repeat(100_000));
  const { inside } = await openFile(hostile);
  t.deepEqual(inside?.notScanned, []);
});
