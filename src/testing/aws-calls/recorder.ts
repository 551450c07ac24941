import { forward, type HttpAnswer, type HttpRequest, startHttpServer } from '../http/http-proxy.ts';
import type { Teardown } from '../teardown.ts';
import { callerOf, type RecordedRequest, type RecordedService } from './recorded-request.ts';
import { refusal } from './refuse.ts';

/** A proxy before the services that records the requests and their callers. */
export interface AwsRecorder {
  /** In the order of their responses, without refused requests. */
  readonly requests: readonly RecordedRequest[];
  readonly refused: readonly RecordedRequest[];
  /** Starts a proxy before a service, until the test ends; returns the endpoint to use. */
  front(service: RecordedService, endpoint: string): Promise<string>;
}

export interface AwsRecorderOptions {
  /**
   * Whether AWS would allow this; asked before a request is passed on, and again of what S3 finds
   * missing. Default: it would.
   */
  readonly isAllowed?: (request: RecordedRequest) => Promise<boolean>;
}

export function createAwsRecorder(t: Teardown, { isAllowed = async () => true }: AwsRecorderOptions = {}): AwsRecorder {
  const requests: RecordedRequest[] = [];
  const refused: RecordedRequest[] = [];

  async function serve(service: RecordedService, endpoint: string, request: HttpRequest): Promise<HttpAnswer> {
    const asked = recordOf(service, request);
    const turnAway = (why: RecordedRequest) => {
      refused.push(why);
      return refusal(service);
    };
    if (!(await isAllowed(asked))) return turnAway(asked);
    const answer = await forward(endpoint, request);
    const answered = { ...asked, status: answer.status };
    if (service === 'S3' && answer.status === 404 && !(await isAllowed(answered))) return turnAway(answered);
    requests.push(answered);
    return answer;
  }

  return {
    requests,
    refused,
    front: (service, endpoint) => startHttpServer(t, (request) => serve(service, endpoint, request)),
  };
}

function recordOf(service: RecordedService, { method, url, headers, body }: HttpRequest): RecordedRequest {
  const [path = '', query = ''] = url.split('?');
  const asked = new URLSearchParams(query);
  const isContent = service === 'LAMBDA' || (service === 'S3' && !asked.has('tagging'));
  return {
    ...{ caller: callerOf(headers), service, method, path, query: asked, headers },
    ...{ body: isContent ? '' : body.toString(), status: undefined },
  };
}
