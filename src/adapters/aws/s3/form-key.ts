/**
 * The key that a form-encoded text stands for (space as `+`, the UTF-8 of all else as `%NN`): so S3 writes keys in event notifications and in CSV
 * inventories. Null where the text is not well-formed.
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
