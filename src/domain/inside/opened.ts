import { createHash } from 'node:crypto';
import type { Inside } from './inside.ts';
import { limitValue, type UnpackLimits, unpackLimitNames } from './limits.ts';
import { improvedFormats, unpackerVersion } from './unpacker-version.ts';

/**
 * How an object was opened, as a short text: with which version of the unpacker, the formats that it
 * found, and what kept it from more. A later version, or other limits, open again only what they can
 * open better. Objects that are no containers all have the same text, such as `1`.
 *
 * Written as `version[:key=value,...]`: `formats` are separated by dots, a limit that was reached
 * has its value, `encrypted` a digest of the passwords.
 */
export function openedAs(inside: Inside | null, limits: UnpackLimits): string {
  if (inside === null) return String(unpackerVersion);
  const reached = unpackLimitNames
    .filter((name) => inside.reasons[name] !== undefined || (name === 'time' && inside.reasons.timeout !== undefined))
    .map((name) => `${name}=${limitValue(limits, name)}`);
  const parts = [`formats=${inside.formats.join('.')}`, ...reached];
  if (inside.reasons.encrypted !== undefined) parts.push(`encrypted=${passwordsDigest(limits)}`);
  return `${unpackerVersion}:${parts.join(',')}`;
}

/** Whether opening the object again would open nothing more. */
export function isOpenedWith(opened: string, limits: UnpackLimits): boolean {
  const [version = '', rest = ''] = opened.split(':');
  const parts = new Map(rest.split(',').map((part) => part.split('=') as [string, string | undefined]));
  const improved = improvedFormats(Number(version));
  if (
    improved === 'unknown' ||
    parts
      .get('formats')
      ?.split('.')
      .some((name) => improved.has(name))
  )
    return false;
  for (const name of unpackLimitNames) {
    const reached = parts.get(name);
    if (reached !== undefined && limitValue(limits, name) > Number(reached)) return false;
  }
  const passwords = parts.get('encrypted');
  return passwords === undefined || passwords === passwordsDigest(limits);
}

const digests = new WeakMap<readonly string[], string>();

function passwordsDigest({ passwords }: UnpackLimits): string {
  let digest = digests.get(passwords);
  if (digest === undefined) {
    digest = createHash('sha256').update(JSON.stringify(passwords)).digest('hex').slice(0, 8);
    digests.set(passwords, digest);
  }
  return digest;
}
