import { createHash } from 'node:crypto';
import { shortenMiddle } from '../../../domain/text/shorten-middle.ts';
import { encodeMetadata } from './s3-metadata.ts';

/**
 * Bytes of all names and values:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
const maxBytes = 2048;
/** Share of a shortened path that is its beginning. The end has the file name, which rules look at. */
const headShare = 0.25;
/** Bytes that a shortened path leaves for the fields of a copy in quarantine. */
const headroom = 400;
/** Less is not worth a search. */
const leastPathBytes = 64;

/**
 * Encodes metadata within the limit of S3. If they are too large, texts are sent in base64 where that
 * is shorter, and then the middle of `filepath` is left out; `filepath-sha256` identifies the whole
 * path. Otherwise the name of a folder could keep a file from being stored. Metadata that are too
 * large even so are returned as they are, for S3 to refuse.
 */
export function fitMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const plain = encodeMetadata(metadata);
  if (sizeOf(plain) <= maxBytes) return plain;
  const short = encodeMetadata(metadata, { shortest: true });
  const { filepath } = metadata;
  if (sizeOf(short) <= maxBytes || filepath === undefined) return short;
  const digest = createHash('sha256').update(filepath).digest('hex');
  const withPath = (bytes: number) =>
    encodeMetadata(
      { ...metadata, filepath: shortenMiddle(filepath, bytes, bytes * headShare), 'filepath-sha256': digest },
      { shortest: true },
    );
  let [fits, exceeds] = [leastPathBytes, Buffer.byteLength(filepath)];
  if (sizeOf(withPath(fits)) > maxBytes - headroom) return short;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (sizeOf(withPath(middle)) <= maxBytes - headroom) fits = middle;
    else exceeds = middle;
  }
  return withPath(fits);
}

function sizeOf(metadata: Readonly<Record<string, string>>): number {
  return Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
