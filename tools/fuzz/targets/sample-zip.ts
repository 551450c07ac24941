import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js';
import { readZipMember } from '../../../src/rule-tests/zip-member.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { zipWords } from '../seeds/zip.ts';

async function archive(options: ZipWriterAddDataOptions): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add('a.txt', new Uint8ArrayReader(Buffer.from('sample')), options);
  return writer.close();
}

/** A sample is unpacked, or unavailable. */
export const target: FuzzTarget = {
  name: 'sample-zip',
  of: ['src/rule-tests/zip-member.ts'],
  syntax: 'bytes',
  seeds: async () => [
    await archive({}),
    await archive({ password: 'infected', zipCrypto: true }),
    await archive({ password: 'infected', encryptionStrength: 1 }),
    await archive({ level: 0 }),
  ],
  words: [...zipWords, 'a.txt'],
  async run(input) {
    const { length } = await readZipMember(input, { file: 'a.zip', member: 'a.txt', password: 'infected' });
    return length === 6 ? 'the sample' : 'another length';
  },
};
