/**
 * Makes a `fetch` for Octokit that ends where GitHub falls silent, and hands over answers of JSON once they are there as a whole: one that breaks off in the
 * middle is then no answer, and Octokit asks again. Other answers stay streams.
 * @param timeoutMs for a request and its answer
 */
export function fetchWhole(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    if (response.headers.get('content-type')?.includes('json') !== true) return response;
    const { status, statusText, headers } = response;
    const whole = new Response(await response.arrayBuffer(), { status, statusText, headers });
    // Octokit finds the next page by it, and a response that is made has none.
    return Object.defineProperty(whole, 'url', { value: response.url });
  };
}
