import type { GithubState } from './github-state.ts';

/** A request whose form was checked. */
export interface RouteRequest {
  /** The parameters in the path: `owner`, `repo`, `issue_number` … */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Fits GitHub's schema; each route reads the fields that it needs. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Login of the caller. */
  readonly login: string;
  /** The address of the server, for links. */
  readonly url: string;
}

export interface RouteAnswer {
  readonly status: number;
  /**
   * The fields that matter; the schema provides the rest. Undefined: no body. A list if `paged`.
   */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the API. */
export interface Route {
  /** The id in GitHub's description. */
  readonly operationId: string;
  /** The permission that the token needs. A list: one of them is enough. Null: none. */
  readonly permission: string | readonly string[] | null;
  /**
   * The response is a list, or an object with a list under this name, and is cut into pages. Default:
   * no pages.
   */
  readonly paged?: true | string;
  answer(request: RouteRequest, state: GithubState): RouteAnswer;
}

/** The response for a missing resource. */
export const notFound: RouteAnswer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

/** A text of the body; empty if there is none. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}
