import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const named = /^import \{ z \} from 'zod';$/m;

/**
 * Bundles only the parts of Zod that this project uses. Its export `z` is one object with
 * everything, messages in fifty languages included, of which a bundler can leave out nothing. Of a
 * namespace that is imported it keeps what is named.
 */
export const usedOfZod: Plugin = {
  name: 'used-of-zod',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      if (/[\\/]node_modules[\\/]/.test(path)) return undefined;
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(named, "import * as z from 'zod';"), loader: 'ts' };
    });
  },
};
