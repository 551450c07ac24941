import { createECDH, type KeyObject, randomBytes } from 'node:crypto';
import * as z from 'zod';

/** The order of P-256: https://csrc.nist.gov/pubs/sp/800/186/final */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const jwk = z.object({ d: z.string() });

/**
 * ECDSA over a digest of 32 bytes, as KMS signs with `MessageType: DIGEST`: `node:crypto` signs
 * messages only. The multiplication on the curve is that of `createECDH`. Not constant in time: for
 * keys of tests.
 */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const d = numberOf(Buffer.from(jwk.parse(privateKey.export({ format: 'jwk' })).d, 'base64url'));
  const z = numberOf(digest);
  for (;;) {
    const k = numberOf(randomBytes(32));
    if (k === 0n || k >= order) continue;
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(bytesOf(k));
    const r = numberOf(curve.getPublicKey().subarray(1, 33)) % order;
    const s = (power(k, order - 2n) * (z + r * d)) % order;
    if (r !== 0n && s !== 0n) return sequence(Buffer.concat([integer(r), integer(s)]));
  }
}

/** Modulo the order. */
function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base % order];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % order;
    square = (square * square) % order;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** DER. A number that begins with a set bit would be negative. */
function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const content = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(0x02, content.length), content]);
}

function sequence(content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
}
