import { safeJson } from '../text/safe-json.ts';
import type { Alert, CutAlert } from './alert.ts';
import { toBinaryAlert } from './binaryalert.ts';

/** `rearview`: the schema of docs/reference/alerts.md. `binaryalert`: what consumers of BinaryAlert read. */
export type AlertFormat = 'rearview' | 'binaryalert';

/** The text of an alert, on one line of JSON that is harmless on a terminal: the same wherever it is sent. */
export function renderAlert(alert: Alert | CutAlert, format: AlertFormat): string {
  return safeJson(format === 'rearview' ? alert : toBinaryAlert(alert));
}
