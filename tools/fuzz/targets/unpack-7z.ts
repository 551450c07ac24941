import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';
import { repairSevenZip, withFewRounds } from '../seeds/seven-zip.ts';

/** 7z archives. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-7z',
  of: ['src/unpack/archives/open-archive.ts', 'src/unpack/archives/read-error.ts'],
  seeds: () => [
    ...specimens('members.7z'),
    ...specimens('encrypted.7z', 'encrypted-headers.7z').map((seed) => withFewRounds(Buffer.from(seed))),
  ],
  repair: repairSevenZip,
  words: ['7z\xbc\xaf\x27\x1c', '\x06\xf1\x07\x01', '\x01\x04\x06', '\x17\x06'],
});
