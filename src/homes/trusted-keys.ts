import { readLocalPublicKey } from '../adapters/local/signing-key.ts';
import { type TrustedKeys, trustKeys } from '../rules/file/ruleset-signature.ts';
import type { AwsConfig } from './aws-config.ts';

/**
 * The key of a state folder; none where it has none yet.
 * @throws RearviewError `ERR_SIGNING` where the key cannot be used
 */
export function localTrustedKeys(stateDir: string): TrustedKeys {
  const spki = readLocalPublicKey(stateDir);
  return trustKeys(spki === null ? [] : [spki]);
}

/** The key of the stack; none where the settings are of a stack that has none yet. */
export function awsTrustedKeys({ rulesetPublicKey }: Pick<AwsConfig, 'rulesetPublicKey'>): TrustedKeys {
  return trustKeys(rulesetPublicKey === undefined ? [] : [Buffer.from(rulesetPublicKey, 'base64')]);
}
