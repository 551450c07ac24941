import * as pulumi from '@pulumi/pulumi';
import { bundleFunctions } from './bundle-functions.ts';
import { bundleFolder } from './folders.ts';

let bundled: Promise<pulumi.asset.Archive> | undefined;

/**
 * The code of all functions, bundled once per process. Pulumi zips a folder with constant times and
 * modes, and names it by its content: unchanged code is not deployed.
 * @throws Error as `bundleFunctions`
 */
export function codeArchive(): Promise<pulumi.asset.Archive> {
  bundled ??= bundleFunctions(bundleFolder).then(({ folder }) => new pulumi.asset.FileArchive(folder));
  return bundled;
}
