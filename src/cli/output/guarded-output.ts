import type { Writable } from 'node:stream';
import { replaceUnsafe, safeText } from '../../domain/text/unsafe-characters.ts';
import { printLine } from './output.ts';

/**
 * What a runner of GitHub Actions would read as a command where it stands in our output: `::` at the beginning of a line, whatever blank is before it, and `##[`
 * anywhere (`ActionCommand.cs` in actions/runner). Before its last character a backslash is put: `:\:`, `##\[`. Each looks only behind, so it does not
 * matter how a line is cut into writes. A carriage return begins a line there, too.
 */
const commandStart = /(?<=(?:^|[\n\r])[\s\p{C}]*:)(?=:)|(?<=##)(?=\[)/gu;

/** The colours of `painter`, and what ends them. */
const colour = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/;

/** Streams as they were given, by those that are guarded. */
const unguarded = new WeakMap<Writable, Writable>();

/**
 * A stream that takes text to `stream` and lets no line of it become a workflow command, whoever wrote the line: file names, messages and matched text are
 * all hostile, and the log of a job is read for commands on either stream. Control and format characters are escaped as in `safeText`, but for line ends, tabs and
 * our colours: callers make text safe where they know what is text from outside, and this is the end where none gets through. Everything else of the stream is as
 * it was.
 */
export function guardOutput<Stream extends Writable>(stream: Stream): Stream {
  /** The end of what was written, as far as the next write needs it. */
  let before = '';
  const write = (chunk: string | Uint8Array): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const all = before + text;
    const safe = all.replace(commandStart, (_, at: number) => (at < before.length ? '' : '\\'));
    const written = safe.slice(before.length);
    before = endOf(all);
    return stream.write(withoutControl(written));
  };
  const guarded = new Proxy(stream, {
    get: (target, key, receiver): unknown => (key === 'write' ? write : Reflect.get(target, key, receiver)),
  });
  unguarded.set(guarded, stream);
  return guarded;
}

/** Writes a command that is meant as one, as `workflowCommand` makes it. */
export async function printWorkflowCommand(stream: Writable, command: string): Promise<void> {
  await printLine(unguarded.get(stream) ?? stream, command);
}

/** Erases the line that the cursor is in. */
export function eraseLine(stream: Writable): void {
  (unguarded.get(stream) ?? stream).write('\r\u001b[2K');
}

function withoutControl(text: string): string {
  return text
    .split(colour)
    .map((part, index) =>
      index % 2 === 1 ? part : replaceUnsafe(part, (each) => (/[\n\t]/.test(each) ? each : safeText(each))),
    )
    .join('');
}

/** Of the unfinished line, what decides how the next character is read. */
function endOf(text: string): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
  const [start = ''] = /^[\s\p{C}]*:?/u.exec(line) ?? [];
  // A line that has begun otherwise is told by any character.
  return start.length === line.length ? `\n${start.endsWith(':') ? ':' : ''}` : `x${line.slice(-2)}`;
}
