import { readSpecimen } from '../../../src/testing/specimens/read-specimen.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

/** Streams and macros of a compound file are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-ole',
  of: ['src/unpack/documents/ole/open-compound-file.ts', 'src/unpack/documents/ole/vba.ts'],
  syntax: 'bytes',
  seeds: () => ['vbaProject.bin', 'package.msi'].map(readSpecimen),
  words: [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    '\xff\xff\xff\xff',
    '\xfe\xff\xff\xff',
    '\x00Attribut',
    '\x00\x00\x00\x00',
  ],
  maxWork: () => 400_000_000,
  run: openInput,
};
