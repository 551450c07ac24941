import { readBounded } from './read-bounded.ts';

/**
 * Maximum bytes of a response that is read completely: a page of pull requests or artifacts has a
 * few hundred kilobytes.
 */
const defaultMaxBytes = 64 * 1024 ** 2;

/** The status for a response above that limit. Octokit does not repeat such a request. */
export const tooLargeStatus = 413;

/**
 * Creates a `fetch` for Octokit that times out if GitHub stops responding. It returns JSON
 * responses and all errors only when they are complete: an incomplete one counts as no response,
 * and Octokit repeats the request. Other responses stay streams, and their readers limit them.
 * @param timeoutMs for a request and its response
 * @param maxBytes of a response that is read completely; a larger one has the status
 *   `tooLargeStatus`. Default: 64 MiB
 */
export function fetchWhole(timeoutMs: number, maxBytes = defaultMaxBytes): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    if ((response.ok && !isJson) || response.body === null) return response;
    const bytes = await readBounded(response.body, maxBytes);
    const { status, statusText, headers } = response;
    const whole =
      bytes === null
        ? Response.json(
            { message: `The response has more than ${maxBytes} bytes.` },
            { status: tooLargeStatus, headers: { 'content-type': 'application/json' } },
          )
        : new Response(new Uint8Array(bytes), { status, statusText, headers });
    // Octokit finds the next page by it, and a constructed response has none.
    return Object.defineProperty(whole, 'url', { value: response.url });
  };
}
