import { safeJson } from '../text/safe-json.ts';
import type { Alert, CutAlert } from './alert.ts';
import { toBinaryAlert } from './binaryalert.ts';

/**
 * `rearview`: the schema of docs/reference/alerts.md. `binaryalert`: the format that consumers of BinaryAlert
 * read.
 */
export type AlertFormat = 'rearview' | 'binaryalert';

/**
 * Renders an alert as one line of JSON that is harmless on a terminal. Every sink gets the same
 * text.
 */
export function renderAlert(alert: Alert | CutAlert, format: AlertFormat): string {
  return safeJson(format === 'rearview' ? alert : toBinaryAlert(alert));
}
