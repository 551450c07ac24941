import { posix } from 'node:path';

const controls = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const host = /^[a-z0-9][a-z0-9.-]*$/i;
/** `user@host:path`, the short form of SSH. */
const shortSsh = /^[\w.-]+@([^:/]+):(.+)$/;
/** `/srv/rules`, `./rules`, `../rules`, `C:\rules`. */
const localPath = /^(?:\/|\.{1,2}[/\\]|[a-z]:[/\\])/i;

/** Returns whether a source is a path on this machine, and not a URL. */
export function isLocalPath(url: string): boolean {
  return localPath.test(url);
}

/**
 * Returns the problem with the address of a repository; null if it can be used. Only HTTPS, SSH,
 * `file:` and local paths can: other protocols of Git are unencrypted, or run programs (`ext::`).
 */
export function sourceUrlProblem(url: string): string | null {
  if (url === '' || url.length > 2000) return 'must be the address of a Git repository';
  if (controls.test(url)) return 'has control characters: write the address in plain characters';
  if (url.startsWith('-')) return 'starts with "-": use https://…, ssh://…, user@host:path or a local path';
  if (isLocalPath(url)) return null;
  const short = shortSsh.exec(url);
  if (short !== null && !url.includes('://')) return shortSshProblem(short[1] ?? '', short[2] ?? '');
  if (!URL.canParse(url) || !url.includes('://')) return unknownForm;
  return fullUrlProblem(new URL(url));
}

const unknownForm =
  'is not an address that can be used: write https://…, ssh://…, user@host:path, or a path that starts with / or ./';

function shortSshProblem(name: string, path: string): string | null {
  return host.test(name) && !path.startsWith('-') && !path.startsWith(':') ? null : unknownForm;
}

function fullUrlProblem(url: URL): string | null {
  if (url.protocol === 'http:' || url.protocol === 'git:') {
    return `has the unencrypted protocol ${url.protocol}// which others can change on its way: use https://`;
  }
  if (url.password !== '' || (url.protocol === 'https:' && url.username !== '')) {
    return 'contains a login: leave it out, and let a credential helper of Git supply it';
  }
  if (url.protocol === 'file:') return url.host === '' ? null : unknownForm;
  if (url.protocol !== 'https:' && url.protocol !== 'ssh:') return unknownForm;
  return host.test(url.hostname) || /^\[[\da-f:.]+\]$/i.test(url.hostname) ? null : unknownForm;
}

/** Returns the last part of an address without `.git`, and the part above it; empty if it has none. */
export function repositoryNames(url: string): { readonly name: string; readonly owner: string } {
  const path = url
    .replaceAll('\\', '/')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  const name = posix.basename(path.replaceAll(':', '/'));
  const owner = posix.basename(posix.dirname(path.replaceAll(':', '/')));
  return { name, owner: owner === '.' || owner === '/' ? '' : owner };
}
