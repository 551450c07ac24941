import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../ports/signer.ts';
import { type TrustedKeys, trustKeys } from '../../rules/file/ruleset-signature.ts';

/** A signer with a key of its own, and those who trust it. */
export interface TestSigner extends Signer {
  readonly trusted: TrustedKeys;
}

export function createTestSigner(): TestSigner {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: async () => spki,
    sign: async (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'der' }),
    trusted: trustKeys([spki]),
  };
}

const signer = createTestSigner();

/** Lets the library of a test sign rulesets, and trust its own signatures. */
export const testTrust = { trusted: () => signer.trusted, signer: async () => signer } as const;
