import test from 'ava';
import { eicarForms } from '../../domain/eicar.ts';
import { assertBounded } from '../../testing/unpack/damage.ts';
import { openFile } from '../../testing/unpack/open-file.ts';

const eicar = Buffer.from(eicarForms()[0]?.bytes ?? []);
const payload = Buffer.concat([eicar, Buffer.from(Array.from({ length: 600 }, (_, at) => (at * at) & 0xff))]);
const blob = payload.toString('base64');
const text = (value: string) => Buffer.from(`${value}\0`, 'latin1');
const number = (value: number) => Buffer.from(Uint32Array.of(value).buffer);

function rtfPackage(): Buffer {
  const native = Buffer.concat([
    ...[Buffer.of(2, 0), text('e.com'), text('C:\\e.com'), Buffer.of(0, 0, 3, 0), number(9), text('C:\\e.com')],
    ...[number(eicar.length), eicar],
  ]);
  const name = text('Package');
  const header = [number(0x501), number(2), number(name.length), name, number(0), number(0)];
  return Buffer.concat([...header, number(native.length), native]);
}

const rtf = (digits: string) => Buffer.from(`{\\rtf1{\\object\\objemb{\\*\\objdata ${digits}}}}`);

test('a file in an object of RTF is a member', async (t) => {
  const packed = rtfPackage();
  const { members } = await openFile(rtf(packed.toString('hex')));
  t.deepEqual(members.get('objdata 1'), packed);
  t.deepEqual(members.get('e.com'), eicar);
});

test('digits of RTF are read as Word reads them', async (t) => {
  const hex = rtfPackage().toString('hex');
  const odd = [...hex].map((digit, at) => (at % 7 === 3 ? `${digit}\r\n{\\*\\x1 }\t` : digit)).join('');
  t.deepEqual((await openFile(rtf(odd))).members.get('e.com'), eicar);
  const inside = `\\bin${eicar.length} ${eicar.toString('latin1')}`;
  t.true((await openFile(rtf(`0105${inside}00`))).members.get('objdata 1')?.includes(eicar));
  // A number belongs to the word.
  t.deepEqual(
    (await openFile(Buffer.from(rtf(hex).toString().replace('objdata ', 'objdata0 ')))).members.get('e.com'),
    eicar,
  );
});

for (const [title, before, after] of [
  ['HTML', '<html><a download href="data:application/zip;base64,', '">x</a>'],
  ['JavaScript', 'var file = atob("', '"); document.write(file)'],
  ['SVG', '<svg xmlns="x"><script><![CDATA[const b = "', '"]]></script></svg>'],
  ['PowerShell', '$bytes = [Convert]::FromBase64String("', '")'],
  ['VBScript', 'Dim a\r\nSet b = CreateObject("x")\r\na = "', '"'],
] as const) {
  test(`a file that a page or a script carries is a member: ${title}`, async (t) => {
    const { members } = await openFile(Buffer.from(`${before}${blob}${after}`));
    t.deepEqual(members.get('base64 1'), payload);
  });
}

test('a file in base64 is found by what is around it, wherever a page or script starts', async (t) => {
  const page = (text: string) => `<html><a href="data:a/b;base64,${text}">`;
  for (const text of [
    `${' '.repeat(5000)}${page(blob)}`,
    `${'Any words come first. '.repeat(300)}${page(blob)}`,
    `<html>\0${page(blob)}`,
    page(blob.replaceAll('+', '%2B').replaceAll('/', '%2f').replaceAll('=', '%3D')),
    `@echo off\r\necho ${blob} > a\r\ncertutil -decode a b.exe\r\n`,
    `-----BEGIN CERTIFICATE-----\r\n${blob}\r\n-----END CERTIFICATE-----\r\n`,
    `#!/bin/sh\nbase64 -d <<X\n${blob}\nX\n`,
  ]) {
    const contents: string[] = [];
    await openFile(Buffer.from(text), { onMember: (content) => contents.push(content) });
    t.true(contents.includes(payload.toString('latin1')), text.slice(0, 60));
  }
});

test('certificates are not opened', async (t) => {
  const der = Buffer.concat([Buffer.from('3082030030820200', 'hex'), payload]).toString('base64');
  t.is((await openFile(Buffer.from(`-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`))).inside, null);
});

test('base64 in lines is one file', async (t) => {
  const lines = blob.match(/.{1,76}/g)?.join('\r\n');
  const { members } = await openFile(Buffer.from(`<script>var a = \`${lines}\`</script>`));
  t.deepEqual(members.get('base64 1'), payload);
});

test('base64 of mail is left to mail', async (t) => {
  const mail = `From: a@b.c\nSubject: var x\nContent-Transfer-Encoding: base64\n\n${blob}`;
  const { members, inside } = await openFile(Buffer.from(mail));
  t.deepEqual([...members.keys()], ['part.txt']);
  t.deepEqual(inside?.formats, ['mail']);
});

test('other text and short base64 are not opened', async (t) => {
  const code = 'function add(first, second) {\n  return first + second;\n}\n'.repeat(200);
  for (const other of [code, `<p>${'word '.repeat(1000)}</p>`, `<a href="${blob.slice(0, 500)}">`, `plain\n${blob}`]) {
    t.is((await openFile(Buffer.from(other))).inside, null);
  }
});

const oneNoteFile = Buffer.concat([
  Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex'),
  Buffer.alloc(1000),
  ...[Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex'), number(eicar.length), Buffer.alloc(16), eicar],
  Buffer.alloc(100),
]);

test('files on a page of OneNote are members', async (t) => {
  t.deepEqual((await openFile(oneNoteFile)).members.get('file 1'), eicar);
});

function lnk(args: string): Buffer {
  const header = Buffer.alloc(76);
  Buffer.from('4c0000000114020000000000c000000000000046', 'hex').copy(header);
  header.writeUInt32LE(0x1 | 0x4 | 0x20 | 0x80, 20);
  const string = (value: string) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(value.length);
    return Buffer.concat([length, Buffer.from(value, 'utf16le')]);
  };
  const targets = Buffer.concat([Buffer.of(4, 0), Buffer.alloc(4)]);
  return Buffer.concat([
    header,
    targets,
    string('a description'),
    string(args),
    number(12),
    Buffer.alloc(8, 1),
    number(0),
  ]);
}

test('the command line of a shortcut is a member, and what is appended to it', async (t) => {
  const { members, inside } = await openFile(Buffer.concat([lnk('/c powershell ü'), eicar]));
  t.is(members.get('arguments')?.toString(), '/c powershell ü');
  t.deepEqual(members.get('appended'), eicar);
  t.deepEqual(inside?.notScanned, []);
  t.deepEqual([...(await openFile(lnk('x'))).members.keys()], ['arguments']);
});

for (const [title, file] of [
  ['RTF', rtf(rtfPackage().toString('hex'))],
  ['OneNote', oneNoteFile],
  ['a shortcut', Buffer.concat([lnk('/c x'), eicar])],
  ['a script', Buffer.from(`<script>"${blob}"</script>`)],
] as const) {
  test(`damaged files are opened within the limits: ${title}`, async (t) => {
    await assertBounded(t, file);
  });
}

test('a script in UTF-16 carries files as one of bytes does', async (t) => {
  const script = `var data = "${blob}"; // a script\r\n`;
  const little = Buffer.from(script, 'utf16le');
  for (const bytes of [little, Buffer.concat([Buffer.of(0xff, 0xfe), little]), Buffer.from(little).swap16()]) {
    const { members } = await openFile(bytes);
    t.deepEqual([...members.values()], [payload]);
  }
});
