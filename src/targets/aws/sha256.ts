import { createHash, createHmac, createSecretKey, type Hash, type Hmac, hash, type KeyObject } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256 and its HMAC for the SDK, which signs each request with five of them. Unlike the SDK's
 * own it keeps the key objects of signing keys, and hashes what comes in one piece with one call:
 * that takes a fifth of the time of a request.
 */
export class Sha256 {
  readonly digestLength = 32;
  readonly #secret: Bytes | undefined;
  #first: Uint8Array | undefined;
  #running: Hash | Hmac | undefined;

  /** @param secret the key of an HMAC. Default: a plain hash */
  constructor(secret?: Bytes) {
    this.#secret = secret;
  }

  update(data: Uint8Array): void {
    if (this.#first === undefined && this.#running === undefined) this.#first = data;
    else this.#run().update(data);
  }

  async digest(): Promise<Uint8Array> {
    if (this.#secret === undefined && this.#running === undefined) {
      return hash('sha256', this.#first ?? new Uint8Array(), 'buffer');
    }
    const digest = this.#run().digest();
    this.reset();
    return digest;
  }

  reset(): void {
    this.#first = undefined;
    this.#running = undefined;
  }

  #run(): Hash | Hmac {
    if (this.#running !== undefined) return this.#running;
    const running = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(this.#secret));
    if (this.#first !== undefined) running.update(this.#first);
    this.#first = undefined;
    this.#running = running;
    return running;
  }
}

/** By the signing key, which the SDK keeps for a day. */
const keys = new WeakMap<object, KeyObject>();
/** The key object of the secret access key; a process has one. */
let lastText: { readonly text: string; readonly key: KeyObject } | undefined;

function keyOf(secret: Bytes): KeyObject {
  if (typeof secret === 'string') {
    if (lastText?.text !== secret) lastText = { text: secret, key: createSecretKey(secret, 'utf8') };
    return lastText.key;
  }
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = createSecretKey(
    ArrayBuffer.isView(secret)
      ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
      : Buffer.from(secret),
  );
  keys.set(secret, key);
  return key;
}
