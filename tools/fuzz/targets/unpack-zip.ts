import { buildZip } from '../../../src/testing/specimens/build-zip.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { containerTarget, specimens } from '../seeds/containers.ts';
import { zipWords } from '../seeds/zip.ts';

const member = { name: 'a', content: 'a member' };

/** Zips, by their directory and by their local headers. */
export const target: FuzzTarget = containerTarget({
  name: 'unpack-zip',
  of: ['src/unpack/archives/zip/zip.ts'],
  seeds: () => [
    ...specimens('info-zip.zip', 'zipcrypto.zip', 'stream.zip', 'aes.zip', 'LZMA.zip', 'Deflate64.zip', 'PPMd.zip'),
    buildZip([member, { ...member, isHidden: true, hasDescriptor: true }, { ...member, isStored: true }]),
    buildZip([{ name: 'inner.zip', content: buildZip([member]), isStored: true }]),
  ],
  words: zipWords,
});
