/**
 * Decodes a form-encoded key (space as `+`, the UTF-8 of everything else as `%NN`), as in S3 event
 * notifications and CSV inventories. Null if the text is not well-formed.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function decodeFormKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
