import { readFileSync } from 'node:fs';
import { z } from 'zod';

let known: string | undefined;

/** The version of this program, as in `0.1.0`. */
export function programVersion(): string {
  known ??= z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;
  return known;
}
