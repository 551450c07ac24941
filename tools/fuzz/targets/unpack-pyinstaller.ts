import { readSpecimen } from '../../../src/testing/specimens/read-specimen.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

/** Programs of PyInstaller are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-pyinstaller',
  of: ['src/unpack/executables/pyinstaller/open-bundle.ts', 'src/unpack/executables/pyinstaller/open-pyz.ts'],
  syntax: 'bytes',
  seeds: () => ['bundle.pyinstaller'].map(readSpecimen),
  words: ['MEI\x0c\x0b\x0a\x0b\x0e', 'PYZ\x00', '\xdb\x00\x00\x00\x00', '\xff\xff\xff\x7f', 'r\x00\x00\x00\x00'],
  maxWork: () => 400_000_000,
  run: openInput,
};
