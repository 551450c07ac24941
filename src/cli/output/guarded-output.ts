import type { Writable } from 'node:stream';
import { replaceUnsafe, safeText } from '../../domain/text/unsafe-characters.ts';
import { printLine } from './output.ts';

/**
 * Text that a runner of GitHub Actions reads as a command (`ActionCommand.cs` in actions/runner):
 * `::` at the beginning of a line, after any blanks, and `##[` anywhere. A backslash is put before
 * its last character: `:\:`, `##\[`. The expression only looks behind, so a line may be split into
 * several writes. A carriage return also begins a line.
 */
const commandStart = /(?<=(?:^|[\n\r])[\s\p{C}]*:)(?=:)|(?<=##)(?=\[)/gu;

/** The colours of `painter`, and what ends them. */
const colour = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/;

/** The original stream of each guarded stream. */
const unguarded = new WeakMap<Writable, Writable>();

/**
 * Wraps a stream so that no line becomes a workflow command. File names, messages and matched text
 * are hostile, and GitHub reads commands from both streams of a job. Control and format characters
 * are escaped as in `safeText`, except line ends, tabs and the colours of `painter`. Callers escape
 * text from outside; this is the last barrier. The stream is otherwise unchanged.
 */
export function guardOutput<Stream extends Writable>(stream: Stream): Stream {
  /** The end of the written text that the next write needs. */
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

/** Writes an intended command, made by `workflowCommand`. */
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

/** The part of the unfinished line that decides how the next character is read. */
function endOf(text: string): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
  const [start = ''] = /^[\s\p{C}]*:?/u.exec(line) ?? [];
  // Any character marks a line that cannot become a command at its beginning.
  return start.length === line.length ? `\n${start.endsWith(':') ? ':' : ''}` : `x${line.slice(-2)}`;
}
