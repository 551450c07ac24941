import { type Entry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { messageOf } from '../../domain/errors.ts';

class TooLargeError extends Error {}

/**
 * Unpacks an archive with one file, in memory. Its name is ignored and nothing is written. The size
 * stated in the archive is not trusted either: unpacking ends at `maxBytes`.
 * @returns the file, or the reason for a refusal as the end of a sentence
 */
export async function unzipOnlyFile(archive: Uint8Array, maxBytes: number): Promise<Uint8Array | string> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { useWebWorkers: false, checkSignature: true });
  try {
    // One after the other: an archive may list a million of them.
    const entries = reader.getEntriesGenerator();
    const entry = entryOf((await entries.next()).value);
    if (entry === undefined) return 'the archive is empty';
    if (entry.directory) return 'the archive contains a folder';
    if (entryOf((await entries.next()).value) !== undefined) return 'the archive contains more than one file';
    if (entry.encrypted) return 'the archive is encrypted';
    const chunks: Uint8Array[] = [];
    let size = 0;
    const sink = new WritableStream<Uint8Array>({
      write(chunk) {
        size += chunk.byteLength;
        if (size > maxBytes) throw new TooLargeError();
        chunks.push(chunk);
      },
    });
    await entry.getData(sink);
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof TooLargeError) return `its file has more than ${maxBytes} bytes`;
    return `cannot read the archive (${messageOf(error)})`;
  } finally {
    await reader.close();
  }
}

/** The return value of the generator is not an entry. */
function entryOf(value: Entry | boolean | undefined): Entry | undefined {
  return typeof value === 'object' ? value : undefined;
}
