import { createHash } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import { type ContentSums, uploadPartBytes } from '../../domain/objects/content-sum.ts';

/** The error that a file is not what it was. Retryable. */
export function fileChanged(path: string): RearviewError {
  return new RearviewError('ERR_OBJECT_CHANGED', `${path} changed while it was uploaded.`, { retryable: true });
}

export interface ContentOptions {
  /** For errors. */
  readonly path: string;
  /** Size of the file when it was opened: if it grows, only enough is read to notice. */
  readonly size: number;
  /** Ends reading with its reason. */
  readonly signal: AbortSignal;
}

/**
 * The SHA-256 of a content, and that of its parts. One piece is held at a time.
 * @throws RearviewError `ERR_OBJECT_CHANGED` where the content is longer or shorter than the file
 *   was
 */
export async function hashContent(pieces: AsyncIterable<Uint8Array>, options: ContentOptions): Promise<ContentSums> {
  const [whole, parts] = [createHash('sha256'), createHash('sha256')];
  let part = createHash('sha256');
  let inPart = 0;
  for await (const piece of ofSize(pieces, options)) {
    whole.update(piece);
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + uploadPartBytes - inPart);
      part.update(taken);
      at += taken.length;
      inPart += taken.length;
      if (inPart < uploadPartBytes) continue;
      parts.update(part.digest());
      part = createHash('sha256');
      inPart = 0;
    }
  }
  if (inPart > 0) parts.update(part.digest());
  return { sha256: whole.digest('hex'), partsSha256: parts.digest('hex') };
}

/** A content on its way to a store. */
export interface CheckedContent {
  readonly pieces: AsyncIterable<Uint8Array>;
  /**
   * The error of reading it, or that the content differs; undefined if the content is not the
   * cause.
   */
  failure(): unknown;
}

/**
 * The pieces, which break off at the end with `ERR_OBJECT_CHANGED` where they are not the content
 * of that SHA-256: a store keeps nothing of a stream that breaks, so what it has is what was
 * hashed.
 * @param options.onBytes called for each piece
 */
export function checkedContent(
  pieces: AsyncIterable<Uint8Array>,
  sha256: string,
  options: ContentOptions & { readonly onBytes: (bytes: number) => void },
): CheckedContent {
  let failure: unknown;
  async function* checked(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    try {
      for await (const piece of ofSize(pieces, options)) {
        hash.update(piece);
        options.onBytes(piece.length);
        yield piece;
      }
      if (hash.digest('hex') !== sha256) throw fileChanged(options.path);
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { pieces: checked(), failure: () => failure };
}

async function* ofSize(pieces: AsyncIterable<Uint8Array>, { path, size, signal }: ContentOptions) {
  let read = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    read += piece.length;
    if (read > size) throw fileChanged(path);
    yield piece;
  }
  signal.throwIfAborted();
  if (read !== size) throw fileChanged(path);
}
