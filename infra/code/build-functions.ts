import { build, type Metafile } from 'esbuild';
import type { FunctionName } from '../handles.ts';
import type { BundleFile } from './bundle-file.ts';
import { projectFolder } from './folders.ts';
import { plainHttp } from './plain-http.ts';

const functionNames = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;
const entryPoints = [
  ...functionNames.map((name: FunctionName) => `src/handlers/${name}.ts`),
  // Started by its name, from any chunk: see src/engine/pool/worker-ahead.ts.
  'src/engine/pool/scan-worker.ts',
];

export interface BuiltFunctions {
  /**
   * `<name>.mjs` of each function and of the scan worker, and their shared chunks, in one folder.
   */
  readonly files: readonly BundleFile[];
  /** Which file of which package is in which output: https://esbuild.github.io/api/#metafile */
  readonly metafile: Metafile;
}

/**
 * Bundles the functions with all imports, including `@aws-sdk`: the version in Lambda's runtime
 * changes without notice.
 * @throws Error of esbuild if something cannot be resolved, or of imports that could not be loaded
 *   after deployment
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
    // The packages' ES modules load in half the time of their CommonJS.
    mainFields: ['module', 'main'],
    plugins: [plainHttp],
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    // Licences are in a separate file.
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
 * @throws Error if a CommonJS package requires a Node module: an ES module has no `require`, so the
 *   call would fail
 */
export function refuseRequires({ outputs }: Metafile): void {
  const required = Object.values(outputs).flatMap(({ imports }) =>
    imports.flatMap(({ kind, path, external }) => (kind.startsWith('require') && external === true ? [path] : [])),
  );
  if (required.length === 0) return;
  const names = [...new Set(required)].join(', ');
  throw new Error(
    `Cannot bundle the functions: a CommonJS package requires ${names}. Give esbuild a banner that creates a \`require\`.`,
  );
}
