import { buildFunctions } from './build-functions.ts';
import { type BundleFile, inOrder } from './bundle-file.ts';
import { engineFiles } from './engine-files.ts';
import { projectFolder } from './folders.ts';
import { packageFolders, readPackages, type ShippedPackage, thirdPartyLicences } from './packages.ts';
import { placeFolder } from './place-folder.ts';

/** Bytes that the unpacked functions may have; Lambda would take ten times as many, and load them as much later. */
export const maxUnpackedBytes = 25_000_000;

/** What all functions are deployed with; they differ in their handler alone: `<name>.handler`. */
export interface FunctionsBundle {
  readonly folder: string;
  readonly files: readonly BundleFile[];
  readonly packages: readonly ShippedPackage[];
}

/**
 * Bundles the functions into a folder as Lambda unpacks it to `/var/task`. The same working copy gives the same bytes.
 *
 * @param outFolder is made to hold the bundle and nothing else
 * @throws Error where the engine cannot be tuned, or something would be shipped that may not be
 */
export async function bundleFunctions(outFolder: string): Promise<FunctionsBundle> {
  const [{ files: code, metafile }, engine] = await Promise.all([buildFunctions(), engineFiles(projectFolder)]);
  const folders = [...packageFolders(metafile), 'node_modules/@virustotal/yara-x'];
  const packages = await readPackages(folders.toSorted(), projectFolder);
  const licences = { path: 'THIRD-PARTY-LICENCES', bytes: Buffer.from(thirdPartyLicences(packages)) };
  const files = inOrder([...code, ...engine, licences]);
  await placeFolder(outFolder, files);
  return { folder: outFolder, files, packages };
}
