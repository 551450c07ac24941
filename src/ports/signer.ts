/** Signs with one key pair: ECDSA over P-256 with SHA-256. */
export interface Signer {
  /**
   * The public half, as SPKI in DER.
   * @throws RearviewError as `sign`
   */
  publicKey(): Promise<Uint8Array>;
  /**
   * A signature of the message, in DER.
   * @throws RearviewError `ERR_SIGNING` where there is no key, or it may not be used, with the way out; `ERR_UNAVAILABLE` (retryable)
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
