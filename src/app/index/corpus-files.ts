import type { ObjectInfo } from '../../domain/objects/object.ts';
import { decodePath } from '../../domain/objects/path-key.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { ListedFile } from '../files/scan-files.ts';

/** An object of the corpus as a file to scan. */
export function corpusFile(readers: ReadonlyMap<string, ObjectReader>, object: ObjectInfo): ListedFile {
  const { bucket, key, version } = object;
  const reader = readers.get(bucket);
  if (reader === undefined) throw new Error(`There is no bucket ${bucket}.`);
  const path = bucket === 'file' ? decodePath(key).toString() : `${bucket}/${key}`;
  return { path, reader, key, version, object };
}
