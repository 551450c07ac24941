import { createHash } from 'node:crypto';
import { type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Signer } from '../../ports/signer.ts';
import { translateAwsError } from './aws-errors.ts';

export interface KmsSignerOptions {
  readonly client: KMSClient;
  /** ARN of an asymmetric key: `SIGN_VERIFY`, `ECC_NIST_P256`. */
  readonly keyArn: string;
  /** Its public half as SPKI in DER: it is not requested from KMS. */
  readonly publicKey: Uint8Array;
}

/**
 * Signs with a key that never leaves KMS. Needs `kms:Sign`.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export function createKmsSigner({ client, keyArn, publicKey }: KmsSignerOptions): Signer {
  return {
    publicKey: async () => publicKey,
    async sign(message) {
      const command = new SignCommand({
        KeyId: keyArn,
        // KMS accepts messages of at most 4096 bytes.
        Message: createHash('sha256').update(message).digest(),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      });
      const { Signature: signature } = await client.send(command).catch((error: unknown) => {
        throw translated(error, keyArn);
      });
      if (signature === undefined) throw refused(keyArn, 'KMS responded without a signature');
      return signature;
    },
  };
}

/** Advice by KMS error for keys that cannot be used now. */
const states: Readonly<Record<string, string>> = {
  DisabledException: 'the key is disabled: enable it (aws kms enable-key)',
  KMSInvalidStateException:
    'the key is not usable in its state: if its deletion is scheduled, cancel it (aws kms cancel-key-deletion) and enable the key',
  NotFoundException: 'there is no such key: export the stack outputs again, and check account and region',
  InvalidKeyUsageException: 'the key is not for signing: export the stack outputs again',
  AccessDeniedException:
    'the role needs kms:Sign on this key. In CI this is the publishing role (stack output publishRoleArn)',
};
const transient = /^(KeyUnavailable|DependencyTimeout|KMSInternal)Exception$/;

function translated(error: unknown, keyArn: string): unknown {
  const name = error instanceof Error ? error.name : '';
  const state = states[name];
  if (state !== undefined) return refused(keyArn, `${state} (${name}: ${messageOf(error)})`, error);
  const what = `The signing key ${keyArn}`;
  if (transient.test(name)) {
    return new RearviewError('ERR_UNAVAILABLE', `${what} failed; try again (${name}: ${messageOf(error)}).`, {
      ...{ retryable: true, cause: error },
    });
  }
  return translateAwsError(error, { what, permission: 'kms:Sign' });
}

function refused(keyArn: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_SIGNING', `Cannot sign with the key ${keyArn}: ${why}.`, { cause });
}
