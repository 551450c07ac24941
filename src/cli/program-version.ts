import { readFileSync } from 'node:fs';

interface PackageInfo {
  readonly version: string;
  readonly bugs?: string | { readonly url: string };
}

let known: PackageInfo | undefined;

/** The version of this program, as in `0.1.0`. */
export function programVersion(): string {
  return packageInfo().version;
}

/** The address for bug reports, from `bugs` in package.json; null where it has none. */
export function bugsUrl(): string | null {
  const { bugs } = packageInfo();
  return typeof bugs === 'object' ? bugs.url : (bugs ?? null);
}

/** Our own package.json: not input from outside, so it is not checked. */
function packageInfo(): PackageInfo {
  known ??= JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageInfo;
  return known;
}
