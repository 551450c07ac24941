import { join } from 'node:path';

/** Where the index of a state folder is. */
export function indexFolder(stateDir: string): string {
  return join(stateDir, 'index');
}
