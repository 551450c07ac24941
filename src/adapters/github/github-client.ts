import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { RearviewError } from '../../domain/errors.ts';
import { fetchWhole, tooLargeStatus } from './fetch-whole.ts';
import type { GithubCall } from './github-call.ts';
import { translateGithubError } from './github-errors.ts';

/** Where a repository is. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Octokit on one repository, with patience, and errors of ours. */
export interface GithubClient {
  readonly repository: RepositoryName;
  /** Who the token is on GitHub where it may not ask: the `GITHUB_TOKEN` of a job is `github-actions[bot]`. */
  readonly login: string;
  /**
   * Sends what `send` asks of Octokit; `repo` are the parameters that name the repository.
   * Everything but a POST is sent again when GitHub fails (5xx, no connection); a POST may have done its work before the answer was lost, and whoever
   * sends it looks first. What a rate limit turned away was not done, and is sent again when the wait is short.
   * @throws RearviewError `ERR_UNAVAILABLE`, `ERR_CONFIG` (token, permission), `ERR_NOT_FOUND`, `ERR_CONFLICT`, `ERR_STATE`
   */
  call<T>(call: GithubCall, send: (octokit: Octokit, repo: { owner: string; repo: string }) => Promise<T>): Promise<T>;
  /** Waits as long as before the n-th try again of a POST, from 0. */
  pause(tries: number): Promise<void>;
}

export interface GithubClientOptions {
  readonly token: string;
  /** `https://api.github.com`, or the one of an Enterprise Server. */
  readonly apiUrl: string;
  readonly repository: RepositoryName;
  /** Default: `github-actions[bot]`. */
  readonly login?: string;
  /** Told of waits. Default: nobody. */
  readonly log?: (line: string) => void;
  /** How often a request is sent again. Default: 3. */
  readonly retries?: number;
  /** Longest that a rate limit is waited for. Default: 90. */
  readonly maxWaitSeconds?: number;
  /** Longest that an answer may take, artifacts included. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Most bytes of an answer of JSON. Default: 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** Milliseconds of a second of waiting. Default: 1000; tests have less time. */
  readonly secondMs?: number;
}

const PatientOctokit = Octokit.plugin(retry, throttling);

/** Statuses that another try would not change; a rate limit has its own wait. */
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
    if (isShort) log(`GitHub's ${kind} is reached: waiting ${seconds} s.`);
    return isShort;
  };
  const throttle = {
    // Groups of waiting requests are kept by this for the whole process; one client is not to wait for another.
    id: crypto.randomUUID(),
    retryAfterBaseValue: secondMs,
    onRateLimit: waits('rate limit'),
    onSecondaryRateLimit: waits('secondary rate limit'),
  };
  // The plugin pauses 1 to 3 s between writes, which GitHub asks of those who write a great deal. We write a handful, and are told when it is too much.
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

/** Stands for a group of the plugin's limiter that limits nothing. */
const atOnce = {
  key: () => ({ schedule: (_options: unknown, work: () => Promise<unknown>) => work() }),
};
