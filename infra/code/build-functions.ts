import { build, type Metafile } from 'esbuild';
import type { FunctionName } from '../handles.ts';
import type { BundleFile } from './bundle-file.ts';
import { projectFolder } from './folders.ts';

const functionNames = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
const entryPoints = [
  ...functionNames.map((name: FunctionName) => `src/handlers/${name}.ts`),
  // Started by its name, from whatever chunk: see src/engine/pool/worker-thread.ts.
  'src/engine/pool/scan-worker.ts',
];

export interface BuiltFunctions {
  /** `<name>.mjs` of each function and of the scan worker, and the chunks that they share, side by side. */
  readonly files: readonly BundleFile[];
  /** Which file of which package went where: https://esbuild.github.io/api/#metafile */
  readonly metafile: Metafile;
}

/**
 * Bundles the functions with all that they import, `@aws-sdk` included: that of Lambda's runtime changes without notice.
 * @throws Error of esbuild where something cannot be resolved, or of what could not be loaded where it is deployed
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
    // Licences have a file of their own.
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    charset: 'utf8',
  });
  refuseRequires(metafile);
  const files = outputFiles.map(({ path, contents }) => ({ path: path.slice(projectFolder.length), bytes: contents }));
  return { files, metafile };
}

/**
 * @throws Error where a CommonJS package requires a module of Node: an ES module has no `require`, and what calls it fails when it is called
 */
export function refuseRequires({ outputs }: Metafile): void {
  const required = Object.values(outputs).flatMap(({ imports }) =>
    imports.flatMap(({ kind, path, external }) => (kind.startsWith('require') && external === true ? [path] : [])),
  );
  if (required.length === 0) return;
  const names = [...new Set(required)].join(', ');
  throw new Error(
    `The functions cannot be bundled: a CommonJS package requires ${names}. Give esbuild a banner that makes a \`require\`.`,
  );
}
