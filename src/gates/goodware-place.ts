import { RearviewError } from '../domain/errors.ts';

/** Files to scan as goodware. */
export interface GoodwarePlace {
  /** Name for people. */
  readonly name: string;
  /** Files, folders and S3 URLs, as the configuration has them. */
  readonly roots: readonly string[];
}

/** The name in the configuration for the files of an operating system, by platform. */
const ownPlaces: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'macos', win32: 'windows' };

/**
 * Looks up places by their names.
 * @param names none stands for the place of this machine
 * @param platform as `process.platform` has it
 * @throws RearviewError `ERR_USAGE` for a name that the configuration does not have
 */
export function goodwarePlace(
  places: Readonly<Record<string, readonly string[]>>,
  names: readonly string[],
  platform: string,
): GoodwarePlace {
  const wanted = names.length === 0 ? [ownPlaces[platform] ?? platform] : [...new Set(names)];
  const roots = wanted.flatMap((name) => {
    if (Object.hasOwn(places, name)) return places[name] ?? [];
    const known = Object.keys(places).join(', ');
    throw new RearviewError(
      'ERR_USAGE',
      `goodware.places of the configuration has no "${name}": name one of ${known === '' ? '(none)' : known}, or add it there.`,
    );
  });
  if (roots.length === 0) {
    throw new RearviewError('ERR_CONFIG', `goodware.places: ${wanted.join(', ')} names no file, folder or S3 URL.`);
  }
  return { name: wanted.join(', '), roots: [...new Set(roots)] };
}

/** A root as the paths of its files begin: on Windows with `/`, too. */
export function rootWithSlashes(root: string, platform: string): string {
  return platform === 'win32' ? root.replaceAll('\\', '/') : root;
}
