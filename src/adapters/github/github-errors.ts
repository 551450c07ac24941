import { RequestError } from '@octokit/request-error';
import * as z from 'zod';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { tooLargeStatus } from './fetch-whole.ts';
import type { GithubCall } from './github-call.ts';

const headersSchema = z.object({
  'retry-after': z.coerce.number().nonnegative().optional().catch(undefined),
  'x-ratelimit-remaining': z.string().optional().catch(undefined),
  'x-ratelimit-reset': z.coerce.number().nonnegative().optional().catch(undefined),
});

/**
 * Translates an Octokit error
 * (https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api). An error that is
 * not a GitHub response is a bug, and is returned unchanged.
 */
export function translateGithubError(error: unknown, { what, needs }: GithubCall): unknown {
  if (!(error instanceof RequestError)) return error;
  const detail = `${error.response === undefined ? 'no answer' : error.status}: ${messageOf(error).slice(0, 300)}`;
  const refused = `GitHub would not ${what} (${detail})`;
  const options = { cause: error };
  const until = limitedUntil(error);
  if (until !== null) {
    const advice = `Its rate limit applies until ${until}: run this again then.`;
    return new RearviewError('ERR_UNAVAILABLE', `GitHub would not ${what}. ${advice}`, { ...options, retryable: true });
  }
  const permission = needs === null ? '' : ` The job needs "permissions: ${needs}", which a run for a fork never has.`;
  switch (error.status) {
    case 401:
      return new RearviewError('ERR_CONFIG', `${refused}: GITHUB_TOKEN is invalid or has expired.`, options);
    case 403:
      return new RearviewError('ERR_CONFIG', `${refused}.${permission}`, options);
    case 404:
    case 410:
      return new RearviewError(
        'ERR_NOT_FOUND',
        `${refused}: it does not exist, or the token has no access.${permission}`,
        options,
      );
    case 409:
      return new RearviewError('ERR_CONFLICT', `${refused}.`, options);
    case tooLargeStatus:
      return new RearviewError('ERR_STATE', `${refused}.`, options);
    case 422:
      return new RearviewError('ERR_STATE', `${refused}.`, options);
    default:
      if (error.status < 500 && error.status !== 429 && error.status !== 408) return error;
      return new RearviewError('ERR_UNAVAILABLE', `${refused}: run this again later.`, { ...options, retryable: true });
  }
}

/**
 * Returns whether GitHub failed, or its response was lost. The request may have been executed, so
 * the caller checks.
 */
export function isAnswerLost(error: unknown): boolean {
  return hasCode(error, 'ERR_UNAVAILABLE') && error.cause instanceof RequestError && error.cause.status >= 500;
}

/** Returns when a rate limit, primary or secondary, ends, in ISO 8601; null if there was none. */
function limitedUntil(error: RequestError): string | null {
  if (error.status !== 403 && error.status !== 429) return null;
  const headers = headersSchema.parse(error.response?.headers ?? {});
  if (headers['x-ratelimit-remaining'] === '0' && headers['x-ratelimit-reset'] !== undefined) {
    return iso(headers['x-ratelimit-reset'] * 1000);
  }
  // Without the header, GitHub requires at least a minute. Older servers call it abuse.
  if (/\bsecondary rate\b|\babuse detection\b/i.test(error.message)) {
    return iso(Date.now() + (headers['retry-after'] ?? 60) * 1000);
  }
  return null;
}

function iso(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString().replace(/\.\d+Z$/, 'Z');
}
