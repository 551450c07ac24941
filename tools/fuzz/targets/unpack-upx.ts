import { readSpecimen } from '../../../src/testing/specimens/read-specimen.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

/** Programs that UPX has packed are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-upx',
  of: ['src/unpack/executables/upx/open-elf.ts', 'src/unpack/executables/upx/open-pe.ts', 'src/unpack/bytes/lzma.ts'],
  syntax: 'bytes',
  seeds: () =>
    ['amd64-nrv2b.upx', 'amd64-nrv2d.upx', 'i386-nrv2e.upx', 'arm64-lzma.upx', 'pe32-nrv2e.upx', 'pe64-lzma.upx'].map(
      readSpecimen,
    ),
  words: ['UPX!', '\xff\xff\xff\xff', '\x0e\x00\x00\x00', '\x02\x49', '\x00\x00\x00\x00'],
  maxWork: () => 400_000_000,
  run: openInput,
};
