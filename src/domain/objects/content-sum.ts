/** Bytes of the parts that large contents are uploaded in; the last has fewer. The smallest that S3 takes. */
export const uploadPartBytes = 5 * 2 ** 20;

/** What is known of a content by reading it. Lower-case hex. */
export interface ContentSums {
  readonly sha256: string;
  /** SHA-256 of the SHA-256s of its parts of `uploadPartBytes`, one after the other. */
  readonly partsSha256: string;
}

/** SHA-256 of a stored content as the store computed it, whatever its uploader says of it. Lower-case hex. */
export interface StoredSum {
  /** `parts`: as `ContentSums.partsSha256`, of whichever parts it was uploaded in. */
  readonly of: 'whole' | 'parts';
  readonly sha256: string;
}

/** Whether a stored content is this one, by what the store itself computed. */
export function isSameContent(stored: StoredSum | undefined, { sha256, partsSha256 }: ContentSums): boolean {
  if (stored === undefined) return false;
  return stored.sha256 === (stored.of === 'whole' ? sha256 : partsSha256);
}
