import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';

/** 7z archives. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-7z',
  of: ['src/unpack/archives/open-archive.ts', 'src/unpack/archives/read-error.ts'],
  seeds: () => specimens('members.7z', 'encrypted.7z', 'encrypted-headers.7z'),
  words: ['7z\xbc\xaf\x27\x1c', '\x06\xf1\x07\x01', '\x01\x04\x06', '\x17\x06'],
});
