import test from 'ava';
import { buildZip } from '../testing/specimens/build-zip.ts';
import { readSpecimen } from '../testing/specimens/read-specimen.ts';
import { fileTypeOf } from './file-type.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const zip = (...names: readonly string[]) => buildZip(names.map((name) => ({ name, content: 'x' })));

test('the type is that of the content', (t) => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [readSpecimen('amd64'), 'ELF'],
    [readSpecimen('pe64-nrv2b.upx'), 'EXE'],
    [readSpecimen('objects.pdf'), 'PDF'],
    [readSpecimen('vbaProject.bin'), 'OLE'],
    [readSpecimen('nested.eml'), 'EML'],
    [zip('a.txt'), 'ZIP'],
    [zip('[Content_Types].xml', 'word/document.xml'), 'Office'],
    [zip('META-INF/MANIFEST.MF', 'A.class'), 'JAR'],
    [bytes('\x1f\x8b\x08\0\0\0\0\0'), 'GZIP'],
    [bytes('\x89PNG\r\n\x1a\n'), 'PNG'],
    [bytes('\xff\xd8\xff\xe0\0\x10JFIF'), 'JPEG'],
    [bytes('GIF89a'), 'GIF'],
    [bytes('{\\rtf1'), 'RTF'],
    [bytes('L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F'), 'LNK'],
    [bytes('<?php echo 1;'), 'PHP'],
    [bytes('#!/bin/sh\n'), 'UNIX SCRIPT'],
    [bytes('\xca\xfe\xba\xbe\0\0\0\x34'), 'Class'],
    [bytes('\xca\xfe\xba\xbe\0\0\0\x02'), 'MACHO'],
    [bytes('plain text'), ''],
    [bytes(''), ''],
    [bytes('P'), ''],
  ];
  for (const [content, type] of cases)
    t.is(fileTypeOf(content), type, `${type} ${bytes(content.toString()).subarray(0, 8)}`);
});

test('a program with an archive behind it is a program', (t) => {
  t.is(fileTypeOf(Buffer.concat([readSpecimen('amd64'), zip('a.txt')])), 'ELF');
});
