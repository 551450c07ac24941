/** The ways in which a request fails. */
export type Fault =
  /**
   * GitHub fails. The request is not served; with `isServed` it was, and only the response is lost.
   */
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503; readonly isServed?: boolean }
  /** The connection is closed. */
  | { readonly kind: 'hang-up'; readonly isServed?: boolean }
  /** The response ends in the middle. */
  | { readonly kind: 'cut-off' }
  /** There is no response. */
  | { readonly kind: 'silence' }
  /** The requests of the hour are used up, for this many seconds. */
  | { readonly kind: 'rate-limit'; readonly seconds: number }
  /** Too many requests at once. Null: GitHub does not state how long to wait. */
  | { readonly kind: 'secondary-limit'; readonly seconds: number | null }
  /** The same in the words of older servers, including GitHub Enterprise Server. */
  | { readonly kind: 'abuse'; readonly seconds: number | null };

export interface PlannedFault {
  /** Default: any operation. */
  readonly operationId?: string;
  readonly fault: Fault;
  /** Number of requests that fail. Default: 1. */
  readonly times?: number;
}

const limitMessages = {
  'secondary-limit': 'You have exceeded a secondary rate limit. Please wait a few minutes.',
  abuse: 'You have triggered an abuse detection mechanism. Please retry your request again later.',
} as const;

/**
 * The response of a fault that has one
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
export function faultAnswer(fault: Exclude<Fault, { kind: 'hang-up' | 'cut-off' | 'silence' }>) {
  const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api';
  switch (fault.kind) {
    case 'status':
      return { status: fault.status, headers: {}, body: { message: 'Server Error' } };
    case 'rate-limit': {
      const reset = Math.floor(Date.now() / 1000) + fault.seconds;
      return {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
        body: { message: 'API rate limit exceeded for installation ID 1.', documentation_url },
      };
    }
    case 'abuse':
    case 'secondary-limit':
      return {
        status: 403,
        headers: fault.seconds === null ? {} : { 'retry-after': String(fault.seconds) },
        body: { message: limitMessages[fault.kind], documentation_url },
      };
  }
}
