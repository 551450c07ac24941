import { createHash } from 'node:crypto';
import { hasCode, RearviewError } from '../../../../domain/errors.ts';
import type { ObjectReader } from '../../../../ports/object-store.ts';
import { type DataFile, damaged } from './inventory-row.ts';
import type { InventoryFile, Manifest } from './manifest.ts';

/**
 * Loads a whole data file: only then can its MD5 be checked, and Parquet is read from its end.
 *
 * @throws RearviewError
 *   `ERR_CONFIG` naming the file if it is gone, damaged or larger than `maxBytes`; otherwise as
 *   `ObjectReader.read`
 */
export async function fetchDataFile(
  store: Pick<ObjectReader, 'bucket' | 'head' | 'read'>,
  manifest: Manifest,
  { file, maxBytes }: { readonly file: InventoryFile; readonly maxBytes: number },
): Promise<DataFile> {
  const name = `${store.bucket}/${file.key}`;
  if (file.size > maxBytes) {
    const text = `The inventory file ${name} has ${file.size} bytes, more than the memory limit of ${maxBytes}.`;
    throw new RearviewError('ERR_CONFIG', `${text} List the bucket itself, or give the function more memory.`);
  }
  const { bytes } = await read(store, manifest, file, name);
  if (bytes.length !== file.size)
    throw damaged(name, `it has ${bytes.length} bytes, but the manifest states ${file.size}`);
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (md5 !== file.md5) throw damaged(name, `its MD5 is ${md5}, but the manifest states ${file.md5}`);
  return { name, columns: manifest.columns, bytes };
}

async function read(
  store: Pick<ObjectReader, 'head' | 'read'>,
  manifest: Manifest,
  { key, size }: InventoryFile,
  name: string,
) {
  try {
    return await store.read(await store.head({ key }), { maxBytes: size });
  } catch (error) {
    if (hasCode(error, 'ERR_OBJECT_TOO_LARGE'))
      throw damaged(name, `it has more than the ${size} bytes stated in the manifest`);
    if (!hasCode(error, 'ERR_OBJECT_GONE')) throw error;
    const text = `The inventory file ${name}, listed in the manifest ${manifest.name}, does not exist (any more).`;
    throw new RearviewError('ERR_CONFIG', `${text} Use a newer inventory, or list the bucket itself.`, {
      cause: error,
    });
  }
}
