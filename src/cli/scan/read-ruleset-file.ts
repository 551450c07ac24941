import { messageOf, RearviewError } from '../../domain/errors.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { type Distrust, type LoadedRuleset, loadRuleset } from '../../rules/ruleset-file.ts';
import { awsTrustedKeys, localKeys } from '../../targets/trusted-keys.ts';
import type { GlobalOptions } from '../context.ts';
import { awsConfig } from '../wiring/open-aws.ts';

/** Most bytes of a built ruleset: ten times what the largest public collection makes. */
const maxRulesetBytes = 512 * 1024 ** 2;

/**
 * Reads a built ruleset that a flag names, with `loadRuleset`. Trusts the key of the state folder
 * if this user made it on this machine, and with `--target aws` the key of the stack.
 * @param options.trustImage uses its image, even if unsigned
 * @throws RearviewError `ERR_CONFIG` if there is no such file, `ERR_RULESET_UNUSABLE` if it is not
 * a ruleset
 */
export async function readRulesetFile(
  globals: GlobalOptions,
  flag: string,
  path: string,
  { trustImage = false }: { readonly trustImage?: boolean } = {},
): Promise<LoadedRuleset> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path, { maxBytes: maxRulesetBytes });
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `${flag}: ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const { trusted: local, unknown } = localKeys(globals.stateDir);
  const trusted = globals.target === 'local' ? local : new Map([...local, ...awsTrustedKeys(await awsConfig(globals))]);
  const loaded = loadRuleset(bytes, { trusted, trustImage });
  const { distrust, file } = loaded;
  const isByUnknown = file.signatures?.some(({ keyId }) => keyId === unknown?.keyId) ?? false;
  if (distrust === null || unknown === null || !isByUnknown) return loaded;
  return { ...loaded, distrust: { ...distrust, why: unknown.why } };
}

/**
 * Message on a ruleset file that is only partly used; null if all of it is used.
 * @param needed the parts that are needed
 */
export function distrustedFile(
  flag: string,
  path: string,
  { distrust }: LoadedRuleset,
  needed: Distrust['dropped'] = ['image', 'manifest'],
): string | null {
  const dropped = needed.filter((part) => distrust?.dropped.includes(part));
  if (distrust === null || dropped.length === 0) return null;
  const parts = {
    image:
      'its sources are compiled instead of its image, which takes longer (--trust-image uses the image: it is code of its author)',
    manifest: 'its list of rules differs from its sources, and is made from them',
  } as const;
  const what = dropped.map((part) => parts[part]).join('; ');
  return `${flag}: ${path} is not used as it is: ${distrust.why}; ${what}.`;
}
