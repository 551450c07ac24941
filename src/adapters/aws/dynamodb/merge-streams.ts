/**
 * Merges ordered streams into one. Nothing is taken from a stream before it is needed, except its
 * first item.
 */
export async function* mergeStreams<T>(
  streams: readonly AsyncGenerator<T>[],
  isBefore: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const heads = await Promise.all(streams.map(async (stream) => ({ stream, next: await stream.next() })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      if (first === undefined || first.next.done || isBefore(head.next.value, first.next.value)) first = head;
    }
    if (first === undefined || first.next.done) return;
    yield first.next.value;
    first.next = await first.stream.next();
  }
}

/** The first `count` items of a stream. */
export async function takeFirst<T>(stream: AsyncGenerator<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = [];
  if (count <= 0) return taken;
  for await (const each of stream) {
    taken.push(each);
    if (taken.length >= count) break;
  }
  return taken;
}
