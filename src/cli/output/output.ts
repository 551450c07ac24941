import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { type ErrorCode, linesOf, type RearviewError } from '../../domain/errors.ts';
import { type Inside, insideText } from '../../domain/inside/inside.ts';
import { formatBytes } from '../../domain/text/amounts.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import { safeText } from '../../domain/text/unsafe-characters.ts';
import type { CliContext } from '../context.ts';

export { safeText };

/** The message of an error, made safe. Only the error's own line ends stay. */
export function errorText(error: unknown): string {
  return linesOf(error).map(safeText).join('\n');
}

/**
 * JSON on one line that is harmless on a terminal. The bracket of `##[` is escaped too, because the
 * runner of GitHub Actions reads it as a command. The text parses to the same value.
 */
export function jsonLine(value: unknown): string {
  return safeJson(value).replaceAll(/(?<=##)\[/g, '\\u005b');
}

/** One wait for each stream, however many lines wait: listeners do not pile up. */
const draining = new WeakMap<Writable, Promise<unknown>>();

/** Writes a line, and waits where the reader is slower than we are. */
export async function printLine(stream: Writable, line: string): Promise<void> {
  if (stream.write(`${line}\n`) || stream.destroyed) return;
  const waiting = draining.get(stream) ?? once(stream, 'drain').finally(() => draining.delete(stream));
  draining.set(stream, waiting);
  await waiting;
}

/**
 * An error as a command prints it, with its stable code: `error[ERR_CONFIG]: Invalid duration
 * "5x"…`.
 */
export function errorReport(error: RearviewError, paint: Paint): string {
  return `${paint('red', errorLabel(error.code))} ${errorText(error)}`;
}

/** The beginning of a printed error. */
export function errorLabel(code: ErrorCode): string {
  return `error[${code}]:`;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/**
 * Colours for one of the streams: only where a person reads it, and not with `NO_COLOR`
 * (https://no-color.org).
 */
export function painter(context: CliContext, stream: 'stdout' | 'stderr'): Paint {
  const noColor = context.env['NO_COLOR'];
  const coloured = context.isTerminal[stream] && (noColor === undefined || noColor === '');
  return (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
}

/**
 * Columns as wide as their widest cell; numbers to the right. Cells are made safe. The last column
 * is not padded.
 */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map((cell) => safeText(String(cell))))];
  // Not `Math.max(...)`: as many arguments as there are rows do not fit onto the stack.
  const widths = header.map((_, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] ?? '').length), 0),
  );
  const isNumeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          if (isNumeric[column]) return cell.padStart(width);
          return column === row.length - 1 ? cell : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * ` in the first 256 MiB of 1.0 GiB`, after what was found there; nothing where all was scanned.
 */
export function partNote(size: number, scannedBytes: number | undefined): string {
  return scannedBytes === undefined ? '' : ` in the first ${formatBytes(scannedBytes)} of ${formatBytes(size)}`;
}

/** Note on a scan that did not scan or match everything. */
export function scannedNote(
  size: number,
  {
    scannedBytes,
    matchLimitReached,
    inside,
  }: { readonly scannedBytes?: number; readonly matchLimitReached?: true; readonly inside?: Inside },
): string {
  const limit = matchLimitReached === undefined ? '' : '; a pattern matched at more offsets than conditions use';
  const members = inside === undefined ? '' : `; ${insideText(inside)}`;
  return `${partNote(size, scannedBytes)}${limit}${members}`;
}

/** Amounts are written alike wherever a person reads them. */
export { formatBytes, formatCount, formatDuration, formatShare, plural } from '../../domain/text/amounts.ts';
