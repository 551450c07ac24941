import type { Alert } from '../../../domain/alerts/alert.ts';
import { renderPlace } from '../../../domain/inside/inside.ts';
import { safeText } from '../../../domain/text/unsafe-characters.ts';
import type { AlertSink } from '../../../ports/alert-sink.ts';

const shownStrings = 3;
const shownCharacters = 60;

/**
 * Writes each alert as one readable line. Content from files (paths, matched data) cannot move the
 * cursor or forge a line.
 */
export function createTerminalAlertSink({ write }: { readonly write: (line: string) => void }): AlertSink {
  return {
    name: 'terminal',
    async send(alert) {
      write(alertLine(alert));
    },
  };
}

/** `ALERT high Rule path: $a at 12 "data"`. */
export function alertLine(alert: Alert): string {
  const strings = alert.strings
    .slice(0, shownStrings)
    .map(({ identifier, offset, data }) => `${identifier} at ${offset} "${data.slice(0, shownCharacters)}"`);
  const [member, ...others] = alert.onlyInside ? (alert.members ?? []) : [];
  const all = alert.membersTotal ?? 1 + others.length;
  const inside = member === undefined ? '' : ` > ${renderPlace(member.place)}${all > 1 ? ` and ${all - 1} more` : ''}`;
  const total = alert.stringsTotal ?? alert.strings.length;
  const more = total > strings.length ? ` and ${total - strings.length} more` : '';
  const where = strings.length === 0 ? '' : `: ${strings.join(', ')}${more}`;
  const { filepath, size, scannedBytes } = alert.file;
  const part = scannedBytes === undefined ? '' : ` (its first ${scannedBytes} of ${size} bytes)`;
  const line = `ALERT    ${alert.rule.severity} ${alert.rule.id} in ${filepath}${inside}${part}${where}`;
  return safeText(line);
}
