import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

/** The password by which archives of samples are encrypted everywhere in the field. */
export const samplePassword = 'infected';

/**
 * Packs samples into a zip archive with AES encryption (password `infected`), so that they are
 * harmless at rest.
 * @param members read one after the other
 */
export async function writeSampleZip(
  members: readonly { readonly name: string; read(): Promise<Uint8Array> }[],
): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), {
    ...{ useWebWorkers: false, password: samplePassword, encryptionStrength: 3 },
    ...{ extendedTimestamp: false, lastModDate: new Date(Date.UTC(1980, 0, 2)) },
  });
  for (const { name, read } of members) await zip.add(name, new Uint8ArrayReader(await read()));
  return zip.close();
}
