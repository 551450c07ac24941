import { openKnownKeys } from '../adapters/local/known-keys.ts';
import { readLocalPublicKey, signingKeyFile } from '../adapters/local/signing-key.ts';
import { keyIdOf, type TrustedKeys, trustKeys } from '../rules/file/ruleset-signature.ts';
import type { AwsConfig } from './aws/aws-config.ts';

/** The key of a state folder that this user did not create on this machine. */
export interface UnknownKey {
  /** See `keyIdOf`. */
  readonly keyId: string;
  /** The reason why it is not trusted, with advice. */
  readonly why: string;
}

export interface LocalKeys {
  /** The key of the state folder; none if it does not exist yet or is unknown. */
  readonly trusted: TrustedKeys;
  readonly unknown: UnknownKey | null;
}

/**
 * The key of a state folder. It is trusted only if this user created it on this machine: the key in
 * a copied or extracted folder belongs to another user.
 * @throws RearviewError `ERR_SIGNING` if the key cannot be used
 */
export function localKeys(stateDir: string, knownKeys = openKnownKeys()): LocalKeys {
  const spki = readLocalPublicKey(stateDir);
  if (spki === null) return { trusted: trustKeys([]), unknown: null };
  if (knownKeys.has(spki)) return { trusted: trustKeys([spki]), unknown: null };
  const why = `the signing key ${signingKeyFile(stateDir)} was not created by this user on this machine. Remove it: the next "rearview publish" or "rearview rules build" creates a new one and signs with it`;
  return { trusted: trustKeys([]), unknown: { keyId: keyIdOf(spki), why } };
}

/** The key of the stack; none if the settings are of a stack that does not have one yet. */
export function awsTrustedKeys({ rulesetPublicKey }: Pick<AwsConfig, 'rulesetPublicKey'>): TrustedKeys {
  return trustKeys(rulesetPublicKey === undefined ? [] : [Buffer.from(rulesetPublicKey, 'base64')]);
}
