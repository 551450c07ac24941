import test from 'ava';
import { eicarForms } from '../../domain/eicar.ts';
import { readSpecimen } from '../../testing/specimens/read-specimen.ts';
import { assertBounded } from '../../testing/unpack/damage.ts';
import { openFile } from '../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);
const base64 = eicar.toString('base64');
const headers = 'From: a@example.com\r\nTo: b@example.com\r\nSubject: s\r\n';
const mail = (text: string) => Buffer.from(headers + text, 'latin1');

test('bodies and attachments are members, at each level of messages', async (t) => {
  const { members, inside } = await openFile(readSpecimen('nested.eml'));
  t.deepEqual(
    [...members.keys()],
    [
      'part 1.txt',
      'part 2.eml',
      'part 2.eml > part 1.1.txt',
      'part 2.eml > part 1.2.html',
      'part 2.eml > rechnung ü 日本語.com',
    ],
  );
  t.deepEqual(members.get('part 2.eml > rechnung ü 日本語.com'), eicar);
  t.is(members.get('part 2.eml > part 1.1.txt')?.toString(), 'Grüße\r\n'.repeat(3));
  t.deepEqual(inside?.notScanned, []);
});

test('messages of a mailbox are members', async (t) => {
  const message = readSpecimen('nested.eml');
  const line = Buffer.from('From a@example.com Mon Nov 30 09:00:00 2026\n');
  const { members, inside } = await openFile(Buffer.concat([line, message, Buffer.from('\n'), line, message]));
  t.deepEqual(members.get('message 2.eml > part 2.eml > rechnung ü 日本語.com'), eicar);
  t.deepEqual(inside?.formats, ['mail', 'mbox']);
});

test('an attachment without parts around it is decoded', async (t) => {
  const text = `Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: BASE64\r\n\r\n${base64}\r\n`;
  const { members } = await openFile(mail(text));
  t.deepEqual(members.get('a.zip'), eicar);
});

test('names are read as RFC 2047 and RFC 2231 say', async (t) => {
  const name = async (fields: string) => {
    const { members } = await openFile(mail(`${fields}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`));
    return [...members.keys()][0];
  };
  t.is(await name('Content-Type: a/b; name="=?utf-8?B?w7wuZXhl?="'), 'ü.exe');
  t.is(await name('Content-Type: a/b; name="=?iso-8859-1?Q?=FC_b.exe?="'), 'ü b.exe');
  t.is(await name("Content-Disposition: attachment;\r\n filename*0*=utf-8''%C3%BC;\r\n filename*1=.exe"), 'ü.exe');
  t.is(await name('Content-Disposition: attachment; filename="a;b.exe"'), 'a;b.exe');
});

test('a boundary that is never closed, or never there, hides nothing', async (t) => {
  const type = 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n';
  const part = `Content-Disposition: attachment; filename=e\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
  t.deepEqual((await openFile(mail(`${type}--x\r\n${part}`))).members.get('e'), eicar);
  t.deepEqual((await openFile(mail(`${type}--x\r\n\r\n--x--\r\n${part}`))).members.get('e'), eicar);
  t.true((await openFile(mail(`${type}--y\r\n${part}`))).members.get('part.txt')?.includes(base64));
});

test('files in the text of a message are decoded', async (t) => {
  const encoded = [
    'begin 644 eicar.com',
    'M6#5/(5`E0$%06S1<4%I8-30H4%XI-T-#*3=])$5)0T%2+5-404Y$05)$+4%.',
    '75$E625)54RU415-4+49)3$4A)$@K2"H`',
    '`',
    'end',
  ];
  const { members } = await openFile(mail(`\r\nhello\r\n${encoded.join('\r\n')}\r\n`));
  t.deepEqual(members.get('part.txt > eicar.com'), eicar);
});

test('files in base64 in the text of a message are read once', async (t) => {
  const begin = 'begin-base64 644 e.com\r\n';
  const { members } = await openFile(mail(`\r\n${begin}${base64}\r\n====\r\n`));
  t.deepEqual(members.get('part.txt > e.com'), eicar);
  const { inside } = await openFile(mail(`\r\n${begin.repeat(10_000)}`));
  t.is(inside?.scanned, 2);
});

test('text that only looks a little like mail is not opened', async (t) => {
  for (const text of [
    'Subject: hello\n\ntext',
    'key: value\nother: value\n',
    'From: here\nit is text\nTo: there\n',
    'int main: x',
  ]) {
    t.is((await openFile(Buffer.from(text))).inside, null, text);
  }
});

test('deep multiparts end', async (t) => {
  const text = Array.from(
    { length: 100 },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  );
  const { inside } = await openFile(mail(text.join('')));
  t.is(inside?.reasons.depth, 1);
});

/** An attribute of TNEF: its level, identifier, type, size, content and checksum. */
function attribute(level: number, id: number, type: number, content: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header[0] = level;
  header.writeUInt16LE(id, 1);
  header.writeUInt16LE(type, 3);
  header.writeUInt32LE(content.length, 5);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(content.reduce((total, byte) => total + byte, 0) & 0xffff);
  return Buffer.concat([header, content, sum]);
}

const word = (...values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);
const long = Buffer.from('lang.exe\0', 'utf16le');
const properties = Buffer.concat([word(1, (0x3707 << 16) | 0x1f, 1, long.length), long, Buffer.alloc(2)]);
const tnef = Buffer.concat([
  Buffer.from('789f3e220100', 'hex'),
  attribute(1, 0x9006, 8, word(0x10000)),
  attribute(2, 0x9002, 6, Buffer.alloc(14)),
  attribute(2, 0x8010, 1, Buffer.from('KURZ.EXE\0')),
  attribute(2, 0x800f, 6, eicar),
  attribute(2, 0x9005, 6, properties),
  attribute(2, 0x9002, 6, Buffer.alloc(14)),
  attribute(2, 0x8010, 1, Buffer.from('b.txt\0')),
  attribute(2, 0x800f, 6, Buffer.from('second')),
]);

test('attachments of TNEF have their long names', async (t) => {
  const { members, inside } = await openFile(tnef);
  t.deepEqual(members.get('lang.exe'), eicar);
  t.is(members.get('b.txt')?.toString(), 'second');
  t.deepEqual(inside?.notScanned, []);
});

test('a TNEF that is truncated is recorded, and what it has is opened', async (t) => {
  const { members, inside } = await openFile(tnef.subarray(0, tnef.length - 4));
  t.deepEqual(members.get('lang.exe'), eicar);
  t.is(inside?.reasons.damaged, 1);
});

test('damaged mail is opened within the limits', async (t) => {
  await assertBounded(t, readSpecimen('nested.eml'));
});

test('damaged TNEF is opened within the limits', async (t) => {
  await assertBounded(t, tnef);
});

/** Base64 of it has no character of the alphabet of URLs. */
const attached = `Content-Disposition: attachment; filename=e\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
const mixed = 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n';

test('an encoding is used in whatever way it is stated', async (t) => {
  for (const stated of [
    'Content-Transfer-Encoding: (a comment) base64',
    'Content-Transfer-Encoding: base64 (a comment)',
    'Content-Transfer-Encoding: "Base64";',
    'Content-Transfer-Encoding: base64 and more',
    'Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit',
    'Content-Transfer-Encoding: quoted-printable\r\nContent-Transfer-Encoding: base64',
  ]) {
    const contents: string[] = [];
    const { members } = await openFile(mail(`${stated}\r\n\r\n${base64}`), { onMember: (each) => contents.push(each) });
    t.true(contents.includes(eicar.toString('latin1')), stated);
    t.true(members.has('part.txt'), stated);
  }
});

test('characters of the alphabet of URLs are read in both ways', async (t) => {
  const contents: string[] = [];
  const text = `Content-Transfer-Encoding: base64\r\n\r\n${base64.slice(0, 9)}-_${base64.slice(9)}`;
  await openFile(mail(text), { onMember: (each) => contents.push(each) });
  t.is(contents.length, 2);
  t.true(contents.includes(eicar.toString('latin1')));
});

test('parts are found by every boundary that a reader may use', async (t) => {
  for (const type of [
    'multipart/mixed; boundary="y"; boundary="x"',
    'multipart/mixed; boundary="x"; boundary="y"',
    'multipart/mixed; boundary=x (a comment)',
    'multipart/mixed; (a comment) boundary=x',
    'multipart/mixed; boundary="x "',
    "multipart/mixed; boundary='x'",
    'text/plain\r\nContent-Type: multipart/mixed; boundary="x"',
    'multipart/mixed; boundary="x"\r\nContent-Type: text/plain',
  ]) {
    const { members } = await openFile(mail(`Content-Type: ${type}\r\n\r\n--x\r\n${attached}`));
    t.deepEqual(members.get('e'), eicar, type);
  }
});

test('mail is recognized behind empty lines, with long or few headers', async (t) => {
  for (const text of [
    `\r\n\r\n${headers}${mixed}${attached}`,
    `\xef\xbb\xbf${headers}${mixed}${attached}`,
    `${'X-Padding: text\r\n'.repeat(1000)}${headers}${mixed}${attached}`,
    `${mixed}${attached}`,
    attached,
  ]) {
    const { members } = await openFile(Buffer.from(text, 'latin1'));
    t.deepEqual(members.get('e'), eicar, text.slice(0, 40));
  }
  for (const text of ['Note: a\nTodo: b\n\nFrom: c\n', 'key: value\n'.repeat(5000)]) {
    t.is((await openFile(Buffer.from(text))).inside, null);
  }
});

test('a message whose lines end with CR only is opened', async (t) => {
  const text = `Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; name=a.com\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--x--\r\n`;
  const { members } = await openFile(Buffer.from((headers + text).replaceAll('\r\n', '\r'), 'latin1'));
  t.deepEqual(members.get('a.com'), eicar);
});

test('a file that is uuencoded by itself is opened', async (t) => {
  const encoded = Buffer.from(`begin-base64 644 a.com\n${base64}\n====\n`);
  for (const before of ['', 'see below\n\n']) {
    const { members, inside } = await openFile(Buffer.concat([Buffer.from(before), encoded]));
    t.deepEqual(members.get('a.com'), eicar);
    t.deepEqual(inside?.formats, ['uuencode']);
  }
  t.is((await openFile(Buffer.from('begin 644 sentences with a number'))).inside, null);
});
