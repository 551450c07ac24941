import { buildTar } from '../../../src/testing/specimens/build-tar.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';

/** Archives of Unix: tar, cpio, ar. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-unix',
  of: ['src/unpack/archives/open-archive.ts', 'src/unpack/archives/box.ts'],
  seeds: () => [
    ...specimens('newc.cpio', 'odc.cpio', 'bin.cpio', 'members.a', 'package.deb'),
    buildTar([
      { name: 'a', content: 'a member' },
      { name: 'd', content: '', type: '5' },
      { name: 'd/b', content: 'b', hasMagic: false },
    ]),
  ],
  words: ['070701', '070707', '\xc7\x71', '!<arch>\n', 'ustar\x0000', 'TRAILER!!!', '../', '7777777'],
});
