import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { hashSchema } from './ruleset-header.ts';

/** Public keys whose signatures are trusted, by id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/** A signature of a ruleset file: ECDSA over P-256 with SHA-256, as DER. */
export interface RulesetSignature {
  /** See `keyIdOf`. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Begins every message that is signed: a signature of a ruleset means nothing anywhere else, and no other signature means anything here. */
const messageDomain = Buffer.from('rearview ruleset file, format 1\0', 'latin1');
/** Signatures that a file may carry: one for each key that is in use while one key takes over from another, with room to spare. */
const maxSignatures = 8;
/** Maximum size of a DER signature over P-256 in bytes. */
const maxSignatureText = 128;

const signaturesSchema = z
  .array(z.strictObject({ keyId: hashSchema, signature: z.base64().max(maxSignatureText) }))
  .max(maxSignatures);

/**
 * Returns the message to sign. The header has the length and SHA-256 of the sources and the image,
 * so it covers the whole file.
 */
export function signedMessage(header: Uint8Array): Uint8Array {
  return Buffer.concat([messageDomain, header]);
}

/** Returns the id of a key: lower-case hex SHA-256 of its public half as SPKI in DER. */
export function keyIdOf(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

/**
 * Trusts these keys.
 * @param spkis public keys as SPKI in DER
 * @throws RearviewError `ERR_CONFIG` for one that is not a public key over P-256
 */
export function trustKeys(spkis: readonly Uint8Array[]): TrustedKeys {
  return new Map(spkis.map((spki) => [keyIdOf(spki), publicKeyOf(spki)]));
}

/** @throws RearviewError `ERR_CONFIG` */
export function publicKeyOf(spki: Uint8Array): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new RearviewError('ERR_CONFIG', `Invalid public key for rulesets: ${messageOf(cause)}.`, { cause });
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1') return key;
  throw new RearviewError(
    'ERR_CONFIG',
    `Invalid public key for rulesets: it is ${key.asymmetricKeyType ?? 'unknown'} ${curve ?? ''}. Use an EC key over P-256.`,
  );
}

/** Returns whether the signature is valid for this key and message. */
export function verifies(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify('sha256', message, { key, dsaEncoding: 'der' }, signature);
  } catch {
    // For input that is not DER at all.
    return false;
  }
}

/** Encodes the signatures of a file. */
export function encodeSignatures(signatures: readonly RulesetSignature[]): Buffer {
  const all = signatures.map(({ keyId, signature }) => ({
    keyId,
    signature: Buffer.from(signature).toString('base64'),
  }));
  return Buffer.from(JSON.stringify(all));
}

/** Decodes the output of `encodeSignatures`; null if it is damaged. */
export function decodeSignatures(bytes: Uint8Array): readonly RulesetSignature[] | null {
  try {
    const all = signaturesSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return all.map(({ keyId, signature }) => ({ keyId, signature: Buffer.from(signature, 'base64') }));
  } catch {
    return null;
  }
}
