import { readFileSync } from 'node:fs';
import { z } from 'zod';

const bugs = z.union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)]);
const packageSchema = z.object({ version: z.string(), bugs: bugs.optional() });

let known: z.infer<typeof packageSchema> | undefined;

/** The version of this program, as in `0.1.0`. */
export function programVersion(): string {
  return packageInfo().version;
}

/** Where bugs are reported, as `bugs` in package.json has it; null where it has none. */
export function bugsUrl(): string | null {
  return packageInfo().bugs ?? null;
}

function packageInfo(): z.infer<typeof packageSchema> {
  known ??= packageSchema.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
  return known;
}
