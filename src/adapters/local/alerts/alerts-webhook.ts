import type { Alert } from '../../../domain/alerts/alert.ts';
import { renderAlert } from '../../../domain/alerts/render-alert.ts';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import type { AlertSink } from '../../../ports/alert-sink.ts';
import { readStart } from '../files/read-start.ts';

const shownBodyCharacters = 200;
/** Bytes read of a response: enough to show why an alert was refused. */
const maxBodyBytes = 4096;
/** Statuses of a service that takes no request now, whatever the alert is. */
const unavailableStatuses = [429, 502, 503, 504];

export interface WebhookOptions {
  readonly url: string;
  /**
   * Milliseconds from the request to the status of the response and the part of its body that is
   * read. Default: 10,000.
   */
  readonly timeoutMs?: number;
}

/**
 * Sends each alert as a POST with a JSON body and its id in `Rearview-Alert-Id`. Any status from
 * 200 to 299 means success, whatever the body is: at most its first 4 KiB are read. Redirects are
 * not followed: an alert is sent only to the configured address.
 * @throws RearviewError `ERR_CONFIG` if the URL is not `http:` or `https:`, or contains a password
 */
export function createWebhookAlertSink({ url, timeoutMs = 10_000 }: WebhookOptions): AlertSink {
  requireWebhookUrl(url);
  return {
    name: 'webhook',
    async send(alert) {
      const signal = AbortSignal.timeout(timeoutMs);
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'rearview-alert-id': alert.id,
            // Prevents kilobytes that decompress to gigabytes.
            'accept-encoding': 'identity',
          },
          body: renderAlert(alert, 'rearview'),
          redirect: 'manual',
          signal,
        });
      } catch (cause) {
        throw unavailable(describe(cause), cause);
      }
      // Read in any case: a finished body leaves the connection open for the next alert.
      const body = await readStart(response.body, { maxBytes: maxBodyBytes });
      if (unavailableStatuses.includes(response.status)) throw unavailable(explain(response.status, body));
      if (!response.ok) throw refused(alert, explain(response.status, body));
    },
  };
}

function requireWebhookUrl(url: string): void {
  const parsed = URL.parse(url);
  if (!['http:', 'https:'].includes(parsed?.protocol ?? '')) {
    throw new RearviewError('ERR_CONFIG', `Invalid webhook "${url}": use an http or https URL.`);
  }
  if (parsed?.username !== '' || parsed.password !== '') {
    throw new RearviewError(
      'ERR_CONFIG',
      'Invalid webhook: a name or password before the host of the URL is never sent. Use a token in the path or query.',
    );
  }
}

function explain(status: number, body: string): string {
  if (status >= 300 && status < 400) return `HTTP ${status}: redirects are not followed. Configure the final URL.`;
  return `HTTP ${status} ${body.slice(0, shownBodyCharacters)}`;
}

function describe(cause: unknown): string {
  const reason = cause instanceof Error && cause.cause !== undefined ? ` (${messageOf(cause.cause)})` : '';
  return `${messageOf(cause)}${reason}`;
}

function unavailable(why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_UNAVAILABLE', `The webhook is not available: ${why}`, { retryable: true, cause });
}

function refused(alert: Alert, why: string): RearviewError {
  return new RearviewError('ERR_ALERT_DELIVERY', `The webhook did not accept alert ${alert.id}: ${why}`, {
    retryable: true,
  });
}
