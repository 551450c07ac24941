import { buildFunctions } from './build-functions.ts';
import { type BundleFile, inOrder } from './bundle-file.ts';
import { readCrates } from './crates.ts';
import { engineFiles } from './engine-files.ts';
import { projectFolder } from './folders.ts';
import { packageFolders, readPackages, type ShippedPackage, thirdPartyLicences } from './packages.ts';
import { placeFolder } from './place-folder.ts';
import { sevenZipFiles, sevenZipPackage } from './seven-zip-files.ts';

/**
 * Maximum size of the unpacked functions in bytes; Lambda would accept ten times as much, and load
 * it much more slowly.
 */
export const maxUnpackedBytes = 25_000_000;

/** The deployed code of all functions; they differ only in their handler: `<name>.handler`. */
export interface FunctionsBundle {
  readonly folder: string;
  readonly files: readonly BundleFile[];
  readonly packages: readonly ShippedPackage[];
}

/**
 * Bundles the functions into a folder as Lambda unpacks it to `/var/task`. The same working copy
 * gives the same bytes.
 *
 * @param outFolder will contain the bundle and nothing else
 * @throws Error if the engine is not the one of its manifest, or a file may not be shipped
 */
export async function bundleFunctions(outFolder: string): Promise<FunctionsBundle> {
  const [{ files: code, metafile }, engine, sevenZip] = await Promise.all([
    buildFunctions(),
    engineFiles(projectFolder),
    sevenZipFiles(projectFolder),
  ]);
  const folders = [...packageFolders(metafile), sevenZipPackage];
  const packages = [...(await readPackages(folders.toSorted(), projectFolder)), ...(await readCrates(projectFolder))];
  const licences = { path: 'THIRD-PARTY-LICENCES', bytes: Buffer.from(thirdPartyLicences(packages)) };
  const files = inOrder([...code, ...engine, ...sevenZip, licences]);
  await placeFolder(outFolder, files);
  return { folder: outFolder, files, packages };
}
