import type { Readable } from 'node:stream';

/** Lines of a stream, and how far it has been read. */
export interface LineReader {
  /** Resolves when a line ends with the mark, which is not passed on, or when the stream is over. */
  readUntil(mark: string): Promise<void>;
}

/** Calls `onLine` for each line of the stream; a last line without an end counts. */
export function readLines(stream: Readable, onLine: (line: string) => void): LineReader {
  let rest = '';
  let over = false;
  const marks = new Map<string, () => void>();
  const seen = new Set<string>();
  const take = (line: string) => {
    const mark = /END RequestId: \S+$/.exec(line)?.[0];
    if (mark === undefined) return onLine(line);
    // Output without a line end is before the mark.
    if (line !== mark) onLine(line.slice(0, -mark.length));
    seen.add(mark);
    marks.get(mark)?.();
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.once('close', () => {
    over = true;
    if (rest !== '') take(rest);
    for (const resolve of marks.values()) resolve();
  });
  return {
    async readUntil(mark) {
      if (!over && !seen.has(mark)) await new Promise<void>((resolve) => marks.set(mark, resolve));
      marks.delete(mark);
      seen.delete(mark);
    },
  };
}
