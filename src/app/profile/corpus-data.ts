import { RearviewError } from '../../domain/errors.ts';
import type { ListedFile } from '../files/scan-files.ts';
import type { ProfiledData } from './data-kinds.ts';

/** A larger file says little about others. */
const largestFile = 4 * 1024 * 1024;

/**
 * Reads files of a corpus as a kind of data. Files that are empty, too large or cannot be read are
 * left out.
 * @param options.totalBytes the reading ends there
 * @throws RearviewError `ERR_USAGE` if no file is left
 */
export async function readCorpusData(
  listed: AsyncIterable<ListedFile>,
  { totalBytes, signal }: { readonly totalBytes: number; readonly signal?: AbortSignal },
): Promise<ProfiledData> {
  const files: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const file of listed) {
    if (bytes >= totalBytes || signal?.aborted) break;
    const content = await contentOf(file, Math.min(largestFile, totalBytes - bytes));
    if (content === null || content.length === 0) continue;
    files.push(content);
    bytes += content.length;
  }
  if (files.length === 0) {
    const message = '--corpus: no file could be measured: files up to 4 MiB are, within --corpus-size.';
    throw new RearviewError('ERR_USAGE', message);
  }
  return { kind: 'corpus', files };
}

async function contentOf(file: ListedFile, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (file.problem !== undefined) return null;
  try {
    const object = file.object ?? (await file.reader.head({ key: file.key }));
    return (await file.reader.read(object, { maxBytes, whole: true })).bytes;
  } catch (error) {
    if (error instanceof RearviewError) return null;
    throw error;
  }
}
