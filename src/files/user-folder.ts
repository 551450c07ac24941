import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * For each kind of files, the variable of the XDG Base Directory specification, and the folder below
 * the home folder that is used if the variable is not set.
 */
const kinds = {
  state: { variable: 'XDG_STATE_HOME', below: ['.local', 'state'] },
  cache: { variable: 'XDG_CACHE_HOME', below: ['.cache'] },
} as const;

/**
 * The folder of this program for a user's files that belong to no project: `rearview` in
 * `$XDG_STATE_HOME` or `$XDG_CACHE_HOME`, else in `~/.local/state` or `~/.cache`. On Windows it is
 * `%LOCALAPPDATA%\Rearview`.
 * @returns null if the environment names no folder. According to the specification, relative paths
 *   are ignored.
 */
export function userFolder(env: Environment, kind: keyof typeof kinds): string | null {
  const given = (name: string) => {
    const path = env[name];
    return path !== undefined && isAbsolute(path) ? path : null;
  };
  const local = process.platform === 'win32' ? given('LOCALAPPDATA') : null;
  if (local !== null) return join(local, 'Rearview');
  const { variable, below } = kinds[kind];
  const folder = given(variable);
  if (folder !== null) return join(folder, 'rearview');
  const home = given('HOME');
  return home === null ? null : join(home, ...below, 'rearview');
}
