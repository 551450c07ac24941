import { readFile } from 'node:fs/promises';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { decodeRuleset } from '../rules/ruleset-file.ts';

/**
 * Reads a built ruleset that a flag names.
 * @param onImageDamaged is told what is wrong with its image; it comes without it then
 * @throws RearviewError `ERR_CONFIG` where there is no such file, `ERR_RULESET_UNUSABLE` where it is no ruleset
 */
export async function readRulesetFile(
  flag: string,
  path: string,
  onImageDamaged?: (why: string) => void,
): Promise<Ruleset> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `${flag}: ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  return decodeRuleset(bytes, onImageDamaged);
}
