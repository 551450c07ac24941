import { readSpecimen } from '../../../src/testing/specimens/read-specimen.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

/** Streams of a PDF are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-pdf',
  of: ['src/unpack/documents/pdf/open-pdf.ts'],
  syntax: 'bytes',
  seeds: () => ['objects.pdf', 'rc4-40.pdf', 'aes-128.pdf', 'aes-256.pdf'].map(readSpecimen),
  words: [
    'obj',
    'endobj',
    'stream\n',
    'endstream',
    '<<',
    '>>',
    '/Filter',
    '/LZWDecode',
    '/ASCII85Decode',
    '/Predictor 12',
    '/Columns 99',
    '/JS (',
    '[',
    '(',
  ],
  maxWork: () => 400_000_000,
  run: openInput,
};
