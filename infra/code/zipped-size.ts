import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import type { BundleFile } from './bundle-file.ts';

/** Bytes of the files in a zip archive, as they are uploaded. */
export async function zippedSize(files: readonly BundleFile[]): Promise<number> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const { path, bytes } of files) await zip.add(path, new Uint8ArrayReader(Uint8Array.from(bytes)));
  return (await zip.close()).length;
}
