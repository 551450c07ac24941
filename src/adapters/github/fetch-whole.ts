import { readBounded } from './read-bounded.ts';

/** Most bytes of an answer that is read as a whole: a page of pull requests or artifacts has a few hundred kilobytes. */
const defaultMaxBytes = 64 * 1024 ** 2;

/** The status that stands for an answer larger than that. Octokit does not ask again for it. */
export const tooLargeStatus = 413;

/**
 * Makes a `fetch` for Octokit that ends where GitHub falls silent, and hands over answers of JSON, and all that are errors, once they are there as a whole: one that
 * breaks off in the middle is then no answer, and Octokit asks again. Other answers stay streams, and whoever reads them bounds them.
 * @param timeoutMs for a request and its answer
 * @param maxBytes of an answer that is read as a whole; a larger one has the status `tooLargeStatus`. Default: 64 MiB
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
            { message: `The answer has more than ${maxBytes} bytes.` },
            { status: tooLargeStatus, headers: { 'content-type': 'application/json' } },
          )
        : new Response(new Uint8Array(bytes), { status, statusText, headers });
    // Octokit finds the next page by it, and a response that is made has none.
    return Object.defineProperty(whole, 'url', { value: response.url });
  };
}
