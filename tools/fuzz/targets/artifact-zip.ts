import { unzipOnlyFile } from '../../../src/adapters/github/unzip-only-file.ts';
import { zipOf } from '../../../src/testing/github/add-artifact.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { zipWords } from '../seeds/zip.ts';

const maxBytes = 100_000;

/** An archive yields its only file, within the size limit, or a reason. */
export const target: FuzzTarget = {
  name: 'artifact-zip',
  of: ['src/adapters/github/unzip-only-file.ts'],
  syntax: 'bytes',
  seeds: async () => [
    await zipOf({ 'check.json': '{"section":"check"}' }),
    await zipOf({ 'a.json': 'x'.repeat(50_000) }),
    await zipOf({ 'bomb.json': '0'.repeat(2_000_000) }),
    await zipOf({ 'a.json': '1', 'b.json': '2' }),
  ],
  words: zipWords,
  async run(input) {
    const file = await unzipOnlyFile(input, maxBytes);
    if (typeof file === 'string') return file.replace(/\(.*/s, '').replace(/\d+/g, 'N').trim();
    require(file.length <= maxBytes, 'a file is no longer than allowed');
    return 'a file';
  },
};
