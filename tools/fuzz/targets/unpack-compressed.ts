import { gzipSync } from 'node:zlib';
import { buildTar } from '../../../src/testing/specimens/build-tar.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';

/** Files of one compressed content. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-compressed',
  of: ['src/unpack/archives/gzip.ts', 'src/unpack/archives/open-archive.ts'],
  seeds: () => [
    ...specimens('a.txt.bzip2', 'a.txt.lzma', 'a.txt.xz', 'a.txt.zstd', 'a.txt.Z', 'members.tbz2'),
    gzipSync(buildTar([{ name: 'a', content: 'a member' }])),
    Buffer.concat([gzipSync('first'), gzipSync('second')]),
  ],
  words: ['\x1f\x8b\x08', 'BZh9', '\xfd7zXZ\x00', '\x28\xb5\x2f\xfd', '\x1f\x9d\x90', '\x5d\x00\x00\x80\x00', 'ustar'],
});
