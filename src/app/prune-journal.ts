import { hasCode } from '../domain/errors.ts';
import { decodePath } from '../domain/path-key.ts';
import type { FileSource } from '../ports/file-source.ts';
import type { UploadJournal } from '../ports/upload-journal.ts';

const pageSize = 500;

/**
 * Looks at the entries that were not looked at for the longest, and forgets those whose file is gone. Called with twice the number of entries that
 * were made, it keeps a journal from growing beyond a few times the files that there are, at a cost that goes with what was uploaded and not with
 * what is known.
 * @param options.limit how many entries to look at
 * @param options.mark entries that are newer are left alone
 */
export async function pruneJournal(
  { journal, source }: { readonly journal: UploadJournal; readonly source: FileSource },
  { limit, mark }: { readonly limit: number; readonly mark: number },
): Promise<void> {
  for (let left = limit; left > 0; left -= pageSize) {
    const page = await journal.oldest(Math.min(left, pageSize), mark);
    if (page.length === 0) return;
    for (const place of page) {
      const isGone = await source.state(decodePath(place.path)).then(
        () => false,
        (error: unknown) => hasCode(error, 'ERR_OBJECT_GONE'),
      );
      await (isGone ? journal.forget(place) : journal.keep(place));
    }
  }
}
