import { plural } from '../../domain/text/amounts.ts';
import { code, type Html, html } from './html.ts';

interface Matched {
  readonly identifier: string;
  readonly offset: number;
  readonly length: number;
  /** Absent where the bytes are not shown. */
  readonly data?: string;
}

/** The strings that matched in a file, one below the other. */
export function viewStrings(strings: readonly Matched[]): Html {
  const shown = strings.map(({ identifier, offset, length, data }) =>
    code(
      data === undefined
        ? `${identifier} at ${offset}, ${plural(length, 'byte')}`
        : `${identifier} at ${offset}: ${data}`,
    ),
  );
  return html`${shown.map((each, at) => (at === 0 ? each : html`<br>${each}`))}`;
}
