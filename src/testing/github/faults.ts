/** What goes wrong with a request. */
export type Fault =
  /** GitHub fails; the request is not served, or (`isServed`) was, and only the answer is lost. */
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503; readonly isServed?: boolean }
  /** The connection breaks off. */
  | { readonly kind: 'hang-up'; readonly isServed?: boolean }
  /** The answer breaks off in the middle. */
  | { readonly kind: 'cut-off' }
  /** No answer comes. */
  | { readonly kind: 'silence' }
  /** The hour's requests are used up, for so many seconds. */
  | { readonly kind: 'rate-limit'; readonly seconds: number }
  /** Too much at once. Null: GitHub does not say how long. */
  | { readonly kind: 'secondary-limit'; readonly seconds: number | null }
  /** The same in the words of older servers; GitHub Enterprise Server among them. */
  | { readonly kind: 'abuse'; readonly seconds: number | null };

export interface PlannedFault {
  /** Default: any operation. */
  readonly operationId?: string;
  readonly fault: Fault;
  /** Requests that it is for. Default: 1. */
  readonly times?: number;
}

const limitMessages = {
  'secondary-limit': 'You have exceeded a secondary rate limit. Please wait a few minutes.',
  abuse: 'You have triggered an abuse detection mechanism. Please retry your request again later.',
} as const;

/**
 * The answer of a fault that has one
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
