import { type Entry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { messageOf } from '../../domain/errors.ts';

class TooLargeError extends Error {}

/**
 * Unpacks an archive that holds one file, in memory. Its name is of no use and nothing is written under it. What the archive says of its size is not
 * believed either: unpacking ends at `maxBytes`.
 * @returns the file, or a sentence's end that says why not
 */
export async function unzipOnlyFile(archive: Uint8Array, maxBytes: number): Promise<Uint8Array | string> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { useWebWorkers: false, checkSignature: true });
  try {
    // One after the other: an archive may list a million of them.
    const entries = reader.getEntriesGenerator();
    const entry = entryOf((await entries.next()).value);
    if (entry === undefined) return 'the archive is empty';
    if (entry.directory) return 'the archive holds a folder';
    if (entryOf((await entries.next()).value) !== undefined) return 'the archive holds more than one file';
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
    return `the archive cannot be read (${messageOf(error)})`;
  } finally {
    await reader.close();
  }
}

/** The generator ends with a value of its own, which is none. */
function entryOf(value: Entry | boolean | undefined): Entry | undefined {
  return typeof value === 'object' ? value : undefined;
}
