import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { readWithin } from '../../files/read-within.ts';
import { codeOf } from '../../files/system-error.ts';
import { type BaselineEntry, baselineFile, maxBaselineBytes, parseBaseline } from '../../rules/lint/baseline.ts';

/**
 * Reads the baseline of a rules folder; null if it has none.
 * @throws RearviewError `ERR_CONFIG` if it is invalid or cannot be read
 */
export async function readBaseline(rulesDir: string): Promise<readonly BaselineEntry[] | null> {
  const path = join(rulesDir, baselineFile);
  let bytes: Uint8Array;
  try {
    ({ bytes } = await readWithin(await realpath(rulesDir), path, { maxBytes: maxBaselineBytes }));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new RearviewError('ERR_CONFIG', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  return parseBaseline(path, new TextDecoder().decode(bytes));
}
