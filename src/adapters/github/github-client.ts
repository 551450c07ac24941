import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { RearviewError } from '../../domain/errors.ts';
import { fetchWhole, tooLargeStatus } from './fetch-whole.ts';
import type { GithubCall } from './github-call.ts';
import { translateGithubError } from './github-errors.ts';

/** Address of a repository. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Octokit for one repository, with retries and Rearview errors. */
export interface GithubClient {
  readonly repository: RepositoryName;
  /**
   * The login of the token if it cannot be looked up: the `GITHUB_TOKEN` of a job is
   * `github-actions[bot]`.
   */
  readonly login: string;
  /**
   * Sends the request of `send`; `repo` are the parameters of the repository. Every request except
   * a POST is repeated when GitHub fails (5xx, no connection). A POST may have succeeded before the
   * response was lost, so its caller checks first. A request refused by a rate limit was not
   * executed, and is repeated if the wait is short.
   * @throws RearviewError `ERR_UNAVAILABLE`, `ERR_CONFIG` (token, permission), `ERR_NOT_FOUND`,
   *   `ERR_CONFLICT`, `ERR_STATE`
   */
  call<T>(call: GithubCall, send: (octokit: Octokit, repo: { owner: string; repo: string }) => Promise<T>): Promise<T>;
  /** Waits as long as before the n-th repetition of a POST, from 0. */
  pause(tries: number): Promise<void>;
}

export interface GithubClientOptions {
  readonly token: string;
  /** `https://api.github.com`, or that of an Enterprise Server. */
  readonly apiUrl: string;
  readonly repository: RepositoryName;
  /** Default: `github-actions[bot]`. */
  readonly login?: string;
  /** Called with messages about waits. Default: none. */
  readonly log?: (line: string) => void;
  /** Maximum repetitions of a request. Default: 3. */
  readonly retries?: number;
  /** Maximum seconds to wait for a rate limit. Default: 90. */
  readonly maxWaitSeconds?: number;
  /** Milliseconds for a response, including artifacts. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Maximum bytes of a JSON response. Default: 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** Milliseconds per second of waiting. Default: 1000; tests use less. */
  readonly secondMs?: number;
}

const PatientOctokit = Octokit.plugin(retry, throttling);

/** Statuses that a repetition would not change; a rate limit has its own wait. */
const doNotRetry = [400, 401, 403, 404, 409, 410, tooLargeStatus, 422, 429, 451];

/** Makes a client of GitHub's REST API (https://docs.github.com/rest). */
export function createGithubClient({
  token,
  apiUrl,
  repository,
  login = 'github-actions[bot]',
  log = () => {},
  retries = 3,
  maxWaitSeconds = 90,
  timeoutMs = 60_000,
  maxAnswerBytes,
  secondMs = 1000,
}: GithubClientOptions): GithubClient {
  const waits = (kind: string) => (seconds: number, _options: unknown, _octokit: unknown, tries: number) => {
    const isShort = seconds <= maxWaitSeconds && tries < retries;
    if (isShort) log(`GitHub's ${kind} was reached: waiting ${seconds} s.`);
    return isShort;
  };
  const throttle = {
    // The plugin groups waiting requests by this for the whole process; one client must not wait
    // for another.
    id: crypto.randomUUID(),
    retryAfterBaseValue: secondMs,
    onRateLimit: waits('rate limit'),
    onSecondaryRateLimit: waits('secondary rate limit'),
  };
  // The plugin pauses 1 to 3 s between writes, as GitHub requests for many writes. Rearview writes
  // a handful, and is notified if it is too much.
  Object.assign(throttle, { write: atOnce, notifications: atOnce });
  const octokit = new PatientOctokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: 'rearview',
    request: { fetch: fetchWhole(timeoutMs, maxAnswerBytes) },
    throttle,
    retry: { doNotRetry, retries, retryAfterBaseValue: secondMs },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  octokit.hook.before('request', (options) => {
    if (options.method === 'POST') options.request = { ...options.request, retries: 0 };
  });
  return {
    repository,
    login,
    async call(call, send) {
      try {
        return await send(octokit, { owner: repository.owner, repo: repository.name });
      } catch (error) {
        throw error instanceof RearviewError ? error : translateGithubError(error, call);
      }
    },
    pause: (tries) => new Promise((resolve) => setTimeout(resolve, (tries + 1) ** 2 * secondMs)),
  };
}

/** Replaces a group of the plugin's limiter and limits nothing. */
const atOnce = {
  key: () => ({ schedule: (_options: unknown, work: () => Promise<unknown>) => work() }),
};
