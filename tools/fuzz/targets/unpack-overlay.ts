import { buildZip } from '../../../src/testing/specimens/build-zip.ts';
import { overlayHosts } from '../../../src/testing/specimens/overlay-hosts.ts';
import { findOverlay } from '../../../src/unpack/executables/overlay.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { containerTarget } from '../seeds/containers.ts';

const zip = buildZip([{ name: 'a', content: 'a member' }]);
const containers = containerTarget({
  name: 'unpack-overlay',
  of: ['src/unpack/executables/overlay.ts', 'src/unpack/archives/signatures.ts'],
  seeds: () => Object.values(overlayHosts).map((host) => Buffer.concat([host, zip])),
  words: ['MZ', 'PE\0\0', '\x7fELF\x02\x01\x01', 'IEND', '\xff\xd9', '\xff\xda', '7z\xbc\xaf\x27\x1c', 'MSCF\0\0\0\0'],
});

/** Executables and images with something behind them. */
export const target: FuzzTarget = {
  ...containers,
  run(input) {
    const end = findOverlay(input);
    require(end === null || (end > 0 && end < input.length), 'an overlay is within the content');
    return containers.run(input);
  },
};
