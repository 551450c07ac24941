import { type Entry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { messageOf, RearviewError } from '../domain/errors.ts';

/** Maximum size of an unpacked member in bytes: a few kilobytes of archive can claim any size. */
export const maxMemberBytes = 256 * 1024 ** 2;

/** Maximum number of member names in a message. */
const shownNames = 5;

export interface ZipMember {
  /** The name of the archive, for messages. */
  readonly file: string;
  /** The full name inside the archive. */
  readonly member: string;
  readonly password: string | undefined;
}

/**
 * Unpacks one member of a zip archive, plain or encrypted (ZipCrypto or AES). Samples are stored in
 * archives encrypted with `infected` so that antivirus software on the author's machine does not
 * remove them.
 * @throws RearviewError `ERR_CONFIG`
 */
export async function readZipMember(
  archive: Uint8Array,
  { file, member, password }: ZipMember,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { useWebWorkers: false, checkSignature: true });
  try {
    const { entry, names } = await findEntry(reader, member);
    if (entry === null) throw new RearviewError('ERR_CONFIG', missing(file, member, names));
    if (entry.encrypted && password === undefined) {
      throw new RearviewError('ERR_CONFIG', `${member} in ${file} is encrypted: add its password.`);
    }
    return await unpack(entry, password, `${member} in ${file}`);
  } catch (error) {
    if (error instanceof RearviewError) throw error;
    throw new RearviewError('ERR_CONFIG', reason(file, member, password, messageOf(error)), { cause: error });
  } finally {
    await reader.close();
  }
}

type FileEntry = Exclude<Entry, { directory: true }>;

/**
 * Returns the member, and the first names seen. Entries are read one by one: an archive may list a
 * million.
 */
async function findEntry(
  reader: ZipReader<Uint8Array>,
  member: string,
): Promise<{ readonly entry: FileEntry | null; readonly names: readonly string[] }> {
  const names: string[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    if (entry.directory) continue;
    if (entry.filename === member) return { entry, names };
    if (names.length <= shownNames) names.push(entry.filename);
  }
  return { entry: null, names };
}

async function unpack(entry: FileEntry, password: string | undefined, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      size += chunk.byteLength;
      // The size that the archive states may be wrong.
      if (size > maxMemberBytes)
        throw new RearviewError('ERR_CONFIG', `${name} unpacks to more than ${maxMemberBytes} bytes.`);
      chunks.push(chunk);
    },
  });
  await entry.getData(sink, password === undefined ? {} : { password });
  return new Uint8Array(Buffer.concat(chunks));
}

function missing(file: string, member: string, names: readonly string[]): string {
  const shown = names.slice(0, shownNames).join(', ');
  return `${file} has no member ${member}; it has ${shown || 'none at all'}${names.length > shownNames ? ' and more' : ''}.`;
}

function reason(file: string, member: string, password: string | undefined, message: string): string {
  // With a wrong password, one ZipCrypto member in 256 passes the first check and fails at the
  // checksum.
  if (password !== undefined && /password|signature|invalid/i.test(message)) {
    return `Cannot decrypt ${member} in ${file} with this password (${message}): samples are usually encrypted with "infected".`;
  }
  return `Cannot read ${file} as a zip archive (${message}).`;
}
