import { readdirSync } from 'node:fs';
import type { TargetModule } from './fuzz-modules.ts';

/** All targets: one per file, with the file's name. */
export function targetModules(): readonly TargetModule[] {
  const folder = new URL('./targets/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.ts'.length), module: new URL(file, folder).href }));
}
