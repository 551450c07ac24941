import { build, type Metafile } from 'esbuild';
import type { FunctionName } from '../handles.ts';
import type { BundleFile } from './bundle-file.ts';
import { projectFolder } from './folders.ts';

const functionNames = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
const entryPoints = [
  ...functionNames.map((name: FunctionName) => `src/handlers/${name}.ts`),
  // Started by its name, from whatever chunk: see src/engine/worker-thread.ts.
  'src/engine/scan-worker.ts',
];

/** What a CommonJS package asks of Node itself: a module has no `require`. */
const banner = `import { createRequire as createRequireOfNode } from 'node:module';
const require = createRequireOfNode(import.meta.url);`;

export interface BuiltFunctions {
  /** `<name>.mjs` of each function and of the scan worker, and the chunks that they share, side by side. */
  readonly files: readonly BundleFile[];
  /** Which file of which package went where: https://esbuild.github.io/api/#metafile */
  readonly metafile: Metafile;
}

/**
 * Bundles the functions with all that they import, `@aws-sdk` included: that of Lambda's runtime changes without notice.
 * @throws Error of esbuild where something cannot be resolved
 */
export async function buildFunctions(): Promise<BuiltFunctions> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectFolder,
    entryPoints,
    // Nothing is written; names are relative to it.
    outdir: projectFolder,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The packages' ES modules: half the time that their CommonJS takes to load.
    mainFields: ['module', 'main'],
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    banner: { js: banner },
    // Licences have a file of their own.
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    charset: 'utf8',
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: path.slice(projectFolder.length), bytes: contents }));
  return { files, metafile };
}
