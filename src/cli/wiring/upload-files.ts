import { localFiles } from '../../adapters/local/files/local-files.ts';
import { resolveRoot, type WalkRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import type { UploadFile } from '../../app/uploads/upload-report.ts';
import { keyBelow, uploadKey } from '../../domain/objects/upload-key.ts';
import type { FileSource } from '../../ports/file-source.ts';

/** The files of this machine, to be read and uploaded. */
export const fileSource: FileSource = localFiles;

/** The named files and all files below named folders, with their keys. */
export async function* namedFiles(roots: readonly WalkRoot[], prefix: string): AsyncGenerator<UploadFile> {
  for (const root of roots) {
    for await (const file of walkPaths([root])) {
      const { problem } = file;
      const isRoot = file.location.equals(root.location);
      const key = uploadKey(prefix, { given: root.given, root: root.location, location: file.location });
      // Files come and go. That a watched folder is gone has to be reported.
      if (isRoot && problem?.reason === 'gone') yield { ...file, key, problem: { ...problem, reason: 'unreadable' } };
      else yield { ...file, key };
    }
  }
}

/**
 * All files below a folder, with keys that begin below it. Symbolic links are problems: they were
 * put there to be scanned.
 */
export async function* filesBelow(dir: string): AsyncGenerator<UploadFile> {
  const root = await resolveRoot(dir, '/');
  for await (const file of walkPaths([root], { links: 'report' })) {
    yield { ...file, key: keyBelow({ root: root.location, location: file.location }) };
  }
}
