import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Rules on this machine: those of a folder, or of one file of it. */
export interface RulesLocation {
  readonly rulesDir: string;
  /** Name of the one file in `rulesDir`, if a file was given. */
  readonly only?: string;
}

/** Reads `--rules` where it may also name one file. Links are resolved. */
export async function rulesLocation(rules: string): Promise<RulesLocation> {
  // A failed lookup is reported when the rules are read.
  const place = await realpath(rules).catch(() => rules);
  const stats = await stat(place).catch(() => null);
  return stats?.isFile() ? { rulesDir: path.dirname(place), only: path.basename(place) } : { rulesDir: rules };
}
