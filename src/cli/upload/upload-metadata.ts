import { hostname } from 'node:os';
import { RearviewError } from '../../domain/errors.ts';
import { programVersion } from '../program-version.ts';

/** What is kept with every file that this machine uploads: its name, and the program. */
export function collectorMetadata(): Readonly<Record<string, string>> {
  return { host: hostname(), collector: `rearview/${programVersion()}` };
}

/**
 * What a person wants kept with the files.
 * @param meta each `name=value`; names come out in lower case
 * @throws RearviewError `ERR_USAGE` for what is not of that form, and for `sha256`, by which files are known again
 */
export function userMetadata(meta: readonly string[], filepath?: string): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const each of meta) {
    const [, name, value] = /^([A-Za-z0-9_.-]+)=(.*)$/s.exec(each) ?? [];
    if (name === undefined || value === undefined) {
      throw new RearviewError('ERR_USAGE', `--meta: "${each}" is not of the form name=value.`);
    }
    if (name.toLowerCase() === 'sha256') {
      throw new RearviewError('ERR_USAGE', '--meta: sha256 is what the file has; choose another name.');
    }
    metadata[name.toLowerCase()] = value;
  }
  return filepath === undefined ? metadata : { ...metadata, filepath };
}
