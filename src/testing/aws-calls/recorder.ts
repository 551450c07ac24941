import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';
import { callerOf, type RecordedRequest, type RecordedService } from './recorded-request.ts';
import { refuse } from './refuse.ts';

/** Stands before the services and writes down what they are asked, by whom. */
export interface AwsRecorder {
  /** In the order of their answers; those that were refused are not among them. */
  readonly requests: readonly RecordedRequest[];
  readonly refused: readonly RecordedRequest[];
  /** Stands before a service, until the test ends; answers the endpoint to use. */
  front(service: RecordedService, endpoint: string): Promise<string>;
}

export interface AwsRecorderOptions {
  /** Whether AWS would allow this; asked before a request is passed on, and again of what S3 finds missing. Default: it would. */
  readonly isAllowed?: (request: RecordedRequest) => Promise<boolean>;
}

export function createAwsRecorder(t: Teardown, { isAllowed = async () => true }: AwsRecorderOptions = {}): AwsRecorder {
  const requests: RecordedRequest[] = [];
  const refused: RecordedRequest[] = [];

  async function serve(service: RecordedService, port: number, incoming: IncomingMessage, response: ServerResponse) {
    const body = await buffer(incoming);
    const asked = recordOf(service, incoming, body);
    const turnAway = (why: RecordedRequest) => {
      refused.push(why);
      refuse(response, service);
    };
    if (!(await isAllowed(asked))) return turnAway(asked);
    const answer = await forward(port, incoming, body);
    const answered = { ...asked, status: answer.statusCode };
    if (service === 'S3' && answer.statusCode === 404 && !(await isAllowed(answered))) {
      answer.resume();
      return turnAway(answered);
    }
    requests.push(answered);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }

  return {
    requests,
    refused,
    async front(service, endpoint) {
      const port = Number(new URL(endpoint).port);
      const server = createServer((incoming, response) => {
        serve(service, port, incoming, response).catch(() => response.destroy());
      });
      const own = await listenOnLoopback(t, server);
      return `http://127.0.0.1:${own}`;
    },
  };
}

function recordOf(service: RecordedService, incoming: IncomingMessage, body: Buffer): RecordedRequest {
  const { method = 'GET', url = '/', headers } = incoming;
  const [path = '', query = ''] = url.split('?');
  const asked = new URLSearchParams(query);
  const isContent = service === 'LAMBDA' || (service === 'S3' && !asked.has('tagging'));
  return {
    ...{ caller: callerOf(headers), service, method, path, query: asked, headers },
    ...{ body: isContent ? '' : body.toString(), status: undefined },
  };
}

function forward(port: number, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { method, url, headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
