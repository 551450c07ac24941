import type { GithubState } from './github-state.ts';

/** A request, its form proved. */
export interface RouteRequest {
  /** What the path says: `owner`, `repo`, `issue_number` … */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As GitHub's schema has it; each route reads what it needs. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Login of the caller. */
  readonly login: string;
  /** Where the server is: for links. */
  readonly url: string;
}

export interface RouteAnswer {
  readonly status: number;
  /**
   * What matters; the rest is filled in by the schema. Undefined: no body. A list where `paged`.
   */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the API. */
export interface Route {
  /** As GitHub's description has it. */
  readonly operationId: string;
  /** What the job's token must be granted; a list: one of them is enough; null: nothing. */
  readonly permission: string | readonly string[] | null;
  /**
   * The answer is a list, or an object that has one under this name: it is cut into pages. Default:
   * it is not.
   */
  readonly paged?: true | string;
  answer(request: RouteRequest, state: GithubState): RouteAnswer;
}

/** The response for a missing resource. */
export const notFound: RouteAnswer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

/** A text of the body; empty where there is none. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}
