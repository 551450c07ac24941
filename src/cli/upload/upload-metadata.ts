import { hostname } from 'node:os';
import { RearviewError } from '../../domain/errors.ts';
import { programVersion } from '../program-version.ts';

/** Metadata of every upload of this machine: host name and program. */
export function collectorMetadata(): Readonly<Record<string, string>> {
  return { host: hostname(), collector: `rearview/${programVersion()}` };
}

/**
 * The metadata from `--meta`.
 * @param meta each `name=value`; names come out in lower case
 * @throws RearviewError `ERR_USAGE` for another form, and for `sha256`, which identifies uploaded
 * files
 */
export function userMetadata(meta: readonly string[], filepath?: string): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const each of meta) {
    const [, name, value] = /^([A-Za-z0-9_.-]+)=(.*)$/s.exec(each) ?? [];
    if (name === undefined || value === undefined) {
      throw new RearviewError('ERR_USAGE', `--meta: "${each}" is not of the form name=value.`);
    }
    if (name.toLowerCase() === 'sha256') {
      throw new RearviewError('ERR_USAGE', '--meta: sha256 is reserved; use another name.');
    }
    metadata[name.toLowerCase()] = value;
  }
  return filepath === undefined ? metadata : { ...metadata, filepath };
}
