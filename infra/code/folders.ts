import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The working copy that is deployed; ends with a separator. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Where functions are bundled: beside the tuned engine, derived from what is installed and gone with it. */
export const bundleFolder = join(projectFolder, 'node_modules/.cache/rearview/functions');
