import { hasCode } from '../../domain/errors.ts';
import { decodePath } from '../../domain/objects/path-key.ts';
import type { FileSource } from '../../ports/file-source.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';

/** Number of new entries between two checks of old ones. */
const step = 500;

/** Keeps a journal from growing without end. */
export interface Pruner {
  /** Records that an entry was made. */
  recorded(): Promise<void>;
  /** Finishes: no more entries are made. */
  end(): Promise<void>;
}

/**
 * For each entry that is made, two are looked at, those that were not looked at for the longest,
 * and forgotten where their file is gone. So a journal does not grow beyond a few times the files
 * that there are, at a cost that goes with what is uploaded and not with what is known.
 */
export async function createPruner({
  journal,
  source,
}: {
  readonly journal: UploadJournal;
  readonly source: FileSource;
}): Promise<Pruner> {
  let mark = await journal.mark();
  let made = 0;
  const prune = async () => {
    const limit = 2 * made;
    made = 0;
    for (const place of await journal.oldest(limit, mark)) {
      const isGone = await source.state(decodePath(place.path)).then(
        () => false,
        (error: unknown) => hasCode(error, 'ERR_OBJECT_GONE'),
      );
      await (isGone ? journal.forget(place) : journal.keep(place));
    }
    mark = await journal.mark();
  };
  return {
    async recorded() {
      made += 1;
      if (made >= step) await prune();
    },
    async end() {
      if (made > 0) await prune();
    },
  };
}
