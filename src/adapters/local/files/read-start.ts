/**
 * Returns the first bytes of a body as text, and cancels the rest. If a body breaks off, or the
 * signal of its request ends it, returns what arrived: the status of the response is already known,
 * and decides.
 */
export async function readStart(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes }: { readonly maxBytes: number },
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let left = maxBytes;
  try {
    // Leaving the loop cancels the body.
    for await (const piece of body ?? []) {
      pieces.push(piece.subarray(0, left));
      left -= piece.length;
      if (left <= 0) break;
    }
  } catch {
    // The text so far is enough.
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}
