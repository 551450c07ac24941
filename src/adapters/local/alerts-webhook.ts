import type { Alert } from '../../domain/alert.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { renderAlert } from '../../domain/render-alert.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';

const shownBodyCharacters = 200;

export interface WebhookOptions {
  readonly url: string;
  /** Milliseconds from the request to the end of the answer. Default: 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Sends each alert as a POST with a JSON body and its id in `Rearview-Alert-Id`. Any status from 200 to 299 means that it was taken.
 * @throws RearviewError `ERR_CONFIG` where the URL is none of `http:` or `https:`
 */
export function createWebhookAlertSink({ url, timeoutMs = 10_000 }: WebhookOptions): AlertSink {
  if (!['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    throw new RearviewError('ERR_CONFIG', `The webhook "${url}" is no http or https URL.`);
  }
  return {
    name: 'webhook',
    async send(alert) {
      let response: Response;
      let body: string;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'rearview-alert-id': alert.id },
          body: renderAlert(alert, 'rearview'),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        body = await response.text();
      } catch (cause) {
        throw refused(
          alert,
          `${messageOf(cause)}${cause instanceof Error && cause.cause !== undefined ? ` (${messageOf(cause.cause)})` : ''}`,
          cause,
        );
      }
      if (!response.ok) throw refused(alert, `HTTP ${response.status} ${body.slice(0, shownBodyCharacters)}`);
    },
  };
}

function refused(alert: Alert, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_ALERT_DELIVERY', `The webhook did not take alert ${alert.id}: ${why}`, {
    retryable: true,
    cause,
  });
}
