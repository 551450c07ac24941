import { buildLzh } from '../../../src/testing/specimens/build-lzh.ts';
import { buildRar, buildRar5 } from '../../../src/testing/specimens/build-rar.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';

const members = [
  { name: 'a', content: 'a member' },
  { name: 'b', content: 'another' },
];

/** Archives of DOS and Windows: rar, cab, arj, lzh, wim. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-dos',
  of: ['src/unpack/archives/open-archive.ts', 'src/unpack/archives/signatures.ts'],
  seeds: () => [
    ...specimens('members.cab', 'compressed.cab', 'members.arj', 'members.wim'),
    buildRar(members),
    buildRar5(members),
    buildLzh(members),
  ],
  words: ['Rar!\x1a\x07\x00', 'Rar!\x1a\x07\x01\x00', 'MSCF\0\0\0\0', '\x60\xea', '-lh5-', 'MSWIM\0\0\0'],
});
