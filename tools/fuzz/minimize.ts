/**
 * Finds a smaller input that still fails, by leaving out pieces: halves first, then quarters, down
 * to single bytes.
 * @param stillFails returns the input to continue with, the candidate or a repaired form of it;
 *   null if it does not fail
 * @param options.attempts maximum number of calls of `stillFails`
 */
export async function minimize(
  input: Buffer,
  stillFails: (candidate: Buffer) => Promise<Buffer | null>,
  { attempts }: { readonly attempts: number },
): Promise<Buffer> {
  let smallest = input;
  let left = attempts;
  let piece = Math.ceil(input.length / 2);
  while (piece >= 1 && left > 0) {
    const before = smallest.length;
    for (let at = 0; at < smallest.length && left > 0; left -= 1) {
      const failing = await stillFails(Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]));
      if (failing !== null && failing.length < smallest.length) smallest = failing;
      else at += piece;
    }
    // A piece that was needed before may now be removable.
    if (smallest.length === before) piece = Math.floor(piece / 2);
    else piece = Math.min(piece, Math.ceil(smallest.length / 2));
  }
  return smallest;
}
