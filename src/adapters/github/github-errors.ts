import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { tooLargeStatus } from './fetch-whole.ts';
import type { GithubCall } from './github-call.ts';

const headersSchema = z.object({
  'retry-after': z.coerce.number().nonnegative().optional().catch(undefined),
  'x-ratelimit-remaining': z.string().optional().catch(undefined),
  'x-ratelimit-reset': z.coerce.number().nonnegative().optional().catch(undefined),
});

/**
 * Makes an error of ours of what Octokit throws (https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api).
 * What is no answer of GitHub's is a bug of ours, and stays as it is.
 */
export function translateGithubError(error: unknown, { what, needs }: GithubCall): unknown {
  if (!(error instanceof RequestError)) return error;
  const detail = `${error.response === undefined ? 'no answer' : error.status}: ${messageOf(error).slice(0, 300)}`;
  const refused = `GitHub would not ${what} (${detail})`;
  const options = { cause: error };
  const until = limitedUntil(error);
  if (until !== null) {
    const advice = `Its rate limit is reached until ${until}: run this again then.`;
    return new RearviewError('ERR_UNAVAILABLE', `GitHub would not ${what}. ${advice}`, { ...options, retryable: true });
  }
  const permission =
    needs === null ? '' : ` It takes "permissions: ${needs}" in the job, which a run for a fork never has.`;
  switch (error.status) {
    case 401:
      return new RearviewError('ERR_CONFIG', `${refused}: GITHUB_TOKEN is not valid, or no longer.`, options);
    case 403:
      return new RearviewError('ERR_CONFIG', `${refused}.${permission}`, options);
    case 404:
    case 410:
      return new RearviewError(
        'ERR_NOT_FOUND',
        `${refused}: it is not there, or the token may not see it.${permission}`,
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

/** Whether GitHub failed, or its answer did not come, so that what was asked may be done all the same: who does not know looks. */
export function isAnswerLost(error: unknown): boolean {
  return hasCode(error, 'ERR_UNAVAILABLE') && error.cause instanceof RequestError && error.cause.status >= 500;
}

/** Until when a rate limit, primary or secondary, turns requests away, in ISO 8601; null where it was none. */
function limitedUntil(error: RequestError): string | null {
  if (error.status !== 403 && error.status !== 429) return null;
  const headers = headersSchema.parse(error.response?.headers ?? {});
  if (headers['x-ratelimit-remaining'] === '0' && headers['x-ratelimit-reset'] !== undefined) {
    return iso(headers['x-ratelimit-reset'] * 1000);
  }
  // Without the header GitHub asks for at least a minute. Older servers speak of abuse.
  if (/\bsecondary rate\b|\babuse detection\b/i.test(error.message)) {
    return iso(Date.now() + (headers['retry-after'] ?? 60) * 1000);
  }
  return null;
}

function iso(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString().replace(/\.\d+Z$/, 'Z');
}
