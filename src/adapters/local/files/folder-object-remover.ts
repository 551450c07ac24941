import { rmSync } from 'node:fs';
import * as z from 'zod';
import type { ObjectRemover } from '../../../ports/object-remover.ts';
import type { Database } from '../database/database.ts';
import type { FolderObjectStoreOptions } from './folder-object-store.ts';
import { blobPath } from './store-blob.ts';

const row = z.object({ sha256: z.string() });

/** Removes objects of a folder store, and contents that no object uses any more. */
export function createFolderObjectRemover({
  db,
  dir,
  bucket,
}: Pick<FolderObjectStoreOptions, 'db' | 'dir' | 'bucket'>): ObjectRemover {
  const contents = db.prepare('SELECT DISTINCT sha256 FROM objects WHERE bucket = ? AND key = ?');
  const remove = db.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  return {
    bucket,
    async removeAll(key) {
      const hashes = db.transaction(
        () => {
          const found = contents.all(bucket, key).map((each) => row.parse(each).sha256);
          remove.run(bucket, key);
          return found;
        },
        { durable: true },
      );
      // Afterwards: a crash in between leaves a content without an object, never an object without
      // its content.
      for (const sha256 of hashes) removeBlob(db, { dir, bucket, sha256 });
    },
  };
}

/**
 * In a transaction, like the store's lookup of the content: an object never uses a content that is
 * being removed.
 */
function removeBlob(
  db: Database,
  { dir, bucket, sha256 }: { readonly dir: string; readonly bucket: string; readonly sha256: string },
): void {
  db.transaction(() => {
    const used = db.prepare('SELECT 1 FROM objects WHERE bucket = ? AND sha256 = ? LIMIT 1').get(bucket, sha256);
    if (used === undefined) rmSync(blobPath(dir, sha256), { force: true });
  });
}
