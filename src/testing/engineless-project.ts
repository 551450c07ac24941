import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Teardown } from './teardown.ts';
import { tempFolder } from './temp-folder.ts';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A working copy with the sources of the engine, and no build of it. Returns its path.
 * @param options.wasm replaces the module of the engine package
 */
export function enginelessProject(t: Teardown, options: { readonly wasm?: Uint8Array } = {}): string {
  const project = tempFolder(t);
  for (const path of ['package.json', 'src/domain', 'src/engine', 'node_modules/@virustotal']) {
    cpSync(join(projectFolder, path), join(project, path), { recursive: true });
  }
  symlinkSync(join(projectFolder, 'node_modules/tsx'), join(project, 'node_modules/tsx'));
  const wasm = join(project, 'node_modules/@virustotal/yara-x/pkg/yara_x_js_bg.wasm');
  if (options.wasm !== undefined) {
    rmSync(wasm);
    writeFileSync(wasm, options.wasm);
  }
  return project;
}
