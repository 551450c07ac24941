/**
 * The first bytes of a body as text; a body that is longer is cancelled. One that breaks off, or that the signal of its request ends, gives what came of it: the status of
 * the response is known already, and decides.
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
    // What came is enough.
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}
