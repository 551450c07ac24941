import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';
import { startArtifactStorage } from './artifact-storage.ts';
import { faultAnswer, type PlannedFault } from './faults.ts';
import { fillSchema } from './fill-schema.ts';
import { findOperation } from './find-operation.ts';
import { createGithubState, type GithubState } from './github-state.ts';
import { requestProblems, schemaProblems } from './openapi.ts';
import { pageOf } from './page-of.ts';
import { notFound, type Route, type RouteAnswer } from './route.ts';
import { routes as allRoutes } from './routes.ts';

/*
 * GitHub's REST API on the loopback device, for the real Octokit. Requests and responses are checked
 * against GitHub's own description (openapi.ts), and a violation fails the test. To add a route: add
 * its operation in extract-operations.ts, write it in routes/ with the fields that matter (the
 * schema provides the rest), and list it in routes.ts. Its state is a list in github-state.ts, or
 * `state.more(…)`.
 */

export interface RecordedRequest {
  readonly operationId: string;
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
  /** 0: the connection was closed. */
  readonly status: number;
}

export interface GithubServer {
  /** For `GITHUB_API_URL`. */
  readonly url: string;
  readonly state: GithubState;
  readonly requests: readonly RecordedRequest[];
  /** The faults to come, in this order. Push to it; a fault that has occurred is removed. */
  readonly faults: PlannedFault[];
  /** Called once before the next request of that operation is served, for example to change the state. */
  beforeNext(operationId: string, happen: (state: GithubState) => void): void;
  /** The environment variables of a job, for the command line. */
  readonly env: Readonly<Record<string, string>>;
}

export interface GithubServerOptions {
  /** Logins by token. Default: `token` is the token of a job. */
  readonly tokens?: Readonly<Record<string, string>>;
  /**
   * The permissions of tokens, such as `pull-requests: write`. Write includes read. Default: all.
   */
  readonly permissions?: readonly string[];
  readonly repository?: GithubState['repository'];
  /** Milliseconds before each response. Default: 0. */
  readonly latencyMs?: number;
  /** Maximum number of entries of a page, whatever the request states. Default: 100. */
  readonly maxPerPage?: number;
  /** Routes in addition to those of routes.ts. */
  readonly routes?: readonly Route[];
}

/** Starts the server; it ends with the test. */
export async function startGithub(t: Teardown, options: GithubServerOptions = {}): Promise<GithubServer> {
  const { tokens = { token: 'github-actions[bot]' }, repository = { owner: 'octo', name: 'rules' } } = options;
  const state = createGithubState(repository);
  const requests: RecordedRequest[] = [];
  const faults: PlannedFault[] = [];
  const breaches: string[] = [];
  const happenings = new Map<string, (state: GithubState) => void>();
  const storage = await startArtifactStorage(t, state);
  const routes = [...allRoutes, ...(options.routes ?? [])];
  let url = '';

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const sent = await text(incoming);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    if (options.latencyMs !== undefined) await sleep(options.latencyMs);
    const { pathname, searchParams: query } = new URL(path, url);
    const found = findOperation(method, pathname);
    const operationId = found?.id ?? '';
    const record = (status: number) =>
      requests.push({ operationId, method, path, body, authorization: headers.authorization, status });
    const fault = takeFault(faults, operationId);
    const answer = (): RouteAnswer => {
      const login = tokens[(headers.authorization ?? '').replace(/^(token|bearer) /i, '')];
      if (login === undefined) return { status: 401, body: { message: 'Bad credentials' } };
      const route = routes.find((each) => each.operationId === operationId);
      if (found === undefined || route === undefined) {
        breaches.push(`${method} ${path}: the server has no such route`);
        return notFound;
      }
      if (!isGranted(route.permission, options.permissions)) {
        return { status: 403, body: { message: 'Resource not accessible by integration' } };
      }
      const problems = requestProblems(operationId, found.operation, query, body);
      breaches.push(...problems);
      if (problems.length > 0) return { status: 422, body: { message: `Validation Failed: ${problems.join('; ')}` } };
      happenings.get(operationId)?.(state);
      happenings.delete(operationId);
      const { owner, repo } = found.path;
      if (owner !== undefined && (owner !== repository.owner || repo !== repository.name)) return notFound;
      const given = typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : {};
      const served = route.answer({ path: found.path, query, body: given, login, url: storage }, state);
      const paged = pageOf(served, route.paged, query, `${url}${pathname}`, options.maxPerPage ?? 100);
      // The description does not have every refusal that GitHub sends.
      const refusal = paged.status >= 400 ? { $ref: '#/schemas/basic-error' } : undefined;
      const described = found.operation.answers[String(paged.status)];
      const schema = described === undefined ? refusal : described;
      if (schema === undefined) breaches.push(`${operationId}: GitHub never answers ${paged.status}`);
      if (schema === undefined || schema === null || paged.body === undefined) return paged;
      const filled = fillSchema(schema, paged.body);
      breaches.push(...schemaProblems(`${operationId} ${paged.status}`, schema, filled));
      return { ...paged, body: filled };
    };
    if (fault === undefined || ('isServed' in fault && fault.isServed === true)) {
      const { status, body: content, headers: more = {} } = answer();
      if (fault === undefined) {
        record(status);
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...more });
        response.end(content === undefined ? undefined : JSON.stringify(content));
        return;
      }
    }
    if (fault.kind === 'hang-up' || fault.kind === 'cut-off' || fault.kind === 'silence') {
      record(0);
      if (fault.kind === 'hang-up') response.destroy();
      if (fault.kind !== 'cut-off') return;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('[{"id": ', () => response.destroy());
      return;
    }
    const { status, headers: more, body: content } = faultAnswer(fault);
    record(status);
    response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(content));
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      breaches.push(`the server failed: ${String(error)}`);
      response.destroy();
    });
  });
  const port = await listenOnLoopback(t, server);
  url = `http://127.0.0.1:${port}`;
  t.teardown(() => {
    if (breaches.length > 0) throw new Error(`Against GitHub's description:\n${breaches.join('\n')}`);
  });
  const [token = ''] = Object.keys(tokens);
  const env = { GITHUB_TOKEN: token, GITHUB_API_URL: url, GITHUB_REPOSITORY: `${repository.owner}/${repository.name}` };
  return { url, state, requests, faults, env, beforeNext: (id, happen) => void happenings.set(id, happen) };
}

function takeFault(faults: PlannedFault[], operationId: string) {
  const at = faults.findIndex((each) => each.operationId === undefined || each.operationId === operationId);
  const planned = faults[at];
  if (planned === undefined) return undefined;
  const left = (planned.times ?? 1) - 1;
  faults.splice(at, 1, ...(left > 0 ? [{ ...planned, times: left }] : []));
  return planned.fault;
}

function isGranted(permission: Route['permission'], granted: readonly string[] | undefined): boolean {
  if (permission === null || granted === undefined) return true;
  const enough = typeof permission === 'string' ? [permission] : permission;
  return enough.some((each) => granted.includes(each) || granted.includes(each.replace(/read$/, 'write')));
}
