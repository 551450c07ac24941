import type { Alert, CutAlert } from './alert.ts';
import { toBinaryAlert } from './binaryalert.ts';

/** `rearview`: the schema of docs/alerts.md. `binaryalert`: what consumers of BinaryAlert read. */
export type AlertFormat = 'rearview' | 'binaryalert';

/** The text of an alert, on one line of JSON: the same wherever it is sent. */
export function renderAlert(alert: Alert | CutAlert, format: AlertFormat): string {
  return JSON.stringify(format === 'rearview' ? alert : toBinaryAlert(alert));
}
