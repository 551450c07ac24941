/** Signs with one key pair: ECDSA over P-256 with SHA-256. */
export interface Signer {
  /**
   * The public half, as SPKI in DER.
   * @throws RearviewError as `sign`
   */
  publicKey(): Promise<Uint8Array>;
  /**
   * Returns a signature of the message, in DER.
   * @throws RearviewError `ERR_SIGNING` if the key is missing or unusable, with advice;
   *   `ERR_UNAVAILABLE` (retryable)
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
