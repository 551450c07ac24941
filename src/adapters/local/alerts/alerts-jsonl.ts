import { constants } from 'node:fs';
import { renderAlert } from '../../../domain/alerts/render-alert.ts';
import { hasCode, messageOf, RearviewError } from '../../../domain/errors.ts';
import { openPrivateFile } from '../../../files/private-files.ts';
import type { AlertSink } from '../../../ports/alert-sink.ts';
import { translateFileError } from '../files/file-errors.ts';

const newline = 0x0a;

/**
 * Appends each alert as one line of JSON, synced to disk before it counts as delivered. A line that
 * a crash left torn stays separate.
 */
export function createJsonlAlertSink(file: string): AlertSink {
  return {
    name: 'jsonl',
    async send(alert) {
      try {
        await appendLine(file, renderAlert(alert, 'rearview'));
      } catch (cause) {
        const translated = translateFileError(cause, `the alert in ${file}`);
        if (hasCode(translated, 'ERR_STORAGE_FULL')) throw translated;
        throw new RearviewError('ERR_ALERT_DELIVERY', `Cannot write the alert to ${file}: ${messageOf(cause)}`, {
          cause,
          retryable: true,
        });
      }
    },
  };
}

async function appendLine(file: string, line: string): Promise<void> {
  const handle = await openPrivateFile(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const torn = size > 0 && last[0] !== newline;
    await handle.appendFile(`${torn ? '\n' : ''}${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
