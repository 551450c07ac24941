import { openKnownKeys } from '../adapters/local/known-keys.ts';
import { readLocalPublicKey, signingKeyFile } from '../adapters/local/signing-key.ts';
import { keyIdOf, type TrustedKeys, trustKeys } from '../rules/file/ruleset-signature.ts';
import type { AwsConfig } from './aws/aws-config.ts';

/** The key of a state folder that this user did not make on this machine. */
export interface UnknownKey {
  /** As `keyIdOf` has it. */
  readonly keyId: string;
  /** Why it is not trusted, and the way out. */
  readonly why: string;
}

export interface LocalKeys {
  /** The key of the state folder; none where it has none yet, or an unknown one. */
  readonly trusted: TrustedKeys;
  readonly unknown: UnknownKey | null;
}

/**
 * The key of a state folder. It is trusted only if this user made it on this machine: a folder that came with an archive or a copy has the key of whoever packed it.
 * @throws RearviewError `ERR_SIGNING` where the key cannot be used
 */
export function localKeys(stateDir: string, knownKeys = openKnownKeys()): LocalKeys {
  const spki = readLocalPublicKey(stateDir);
  if (spki === null) return { trusted: trustKeys([]), unknown: null };
  if (knownKeys.has(spki)) return { trusted: trustKeys([spki]), unknown: null };
  const why = `the signing key ${signingKeyFile(stateDir)} was not made by this user on this machine. Remove it: the next "rearview publish" or "rearview rules build" makes a new one and signs with it`;
  return { trusted: trustKeys([]), unknown: { keyId: keyIdOf(spki), why } };
}

/** The key of the stack; none where the settings are of a stack that has none yet. */
export function awsTrustedKeys({ rulesetPublicKey }: Pick<AwsConfig, 'rulesetPublicKey'>): TrustedKeys {
  return trustKeys(rulesetPublicKey === undefined ? [] : [Buffer.from(rulesetPublicKey, 'base64')]);
}
