/**
 * Part size of multipart uploads, in bytes. The last part may be smaller. This is the minimum that
 * S3 accepts.
 */
export const uploadPartBytes = 5 * 2 ** 20;

/** Checksums that need the content itself. Lower-case hex. */
export interface ContentSums {
  readonly sha256: string;
  /** SHA-256 of the concatenated SHA-256s of its parts of `uploadPartBytes`. */
  readonly partsSha256: string;
}

/**
 * SHA-256 of a stored content as the store computed it, independent of the uploader's claims.
 * Lower-case hex.
 */
export interface StoredSum {
  /** `parts`: like `ContentSums.partsSha256`, with the part size of the upload. */
  readonly of: 'whole' | 'parts';
  readonly sha256: string;
}

/** Returns whether the store's own checksum identifies a stored content as this one. */
export function isSameContent(stored: StoredSum | undefined, { sha256, partsSha256 }: ContentSums): boolean {
  if (stored === undefined) return false;
  return stored.sha256 === (stored.of === 'whole' ? sha256 : partsSha256);
}
