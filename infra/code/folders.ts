import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The deployed working copy; ends with a separator. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The folder for bundles: derived from the installed packages, and removed with them. */
export const bundleFolder = join(projectFolder, 'node_modules/.cache/rearview/functions');
