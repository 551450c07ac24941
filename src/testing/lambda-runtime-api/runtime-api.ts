import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { openOnLoopback } from '../http/listen-on-loopback.ts';
import { type FunctionError, failed, type InvocationResult, succeeded } from '../lambda/invocation.ts';

const root = '/2018-06-01/runtime';

/** `ErrorRequest` of the API; runtimes of AWS call the trace `trace`, and the documentation `stackTrace`. */
const errorRequest = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).exactOptional(),
});

/** One execution environment, as Lambda sees it: sends events to a runtime, and receives its answers. */
export interface RuntimeApi {
  /** `127.0.0.1:<port>`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Null when the runtime requests its first event, or the reason why it cannot. */
  readonly initialized: Promise<FunctionError | null>;
  /**
   * Sends an event (JSON) to the runtime when it requests one. Throws `ERR_STATE` if the previous one
   * has no answer yet.
   */
  invoke(payload: string, requestId: string, qualifier?: string): Promise<InvocationResult>;
  close(): Promise<void>;
}

export interface RuntimeApiOptions {
  readonly functionArn: string;
  /** Milliseconds from the event to the deadline that the runtime receives. It is not enforced here. */
  readonly timeoutMs: number;
}

interface Work {
  readonly requestId: string;
  readonly payload: string;
  /** The requested alias or version. */
  readonly qualifier: string | undefined;
  readonly settle: (result: InvocationResult) => void;
}

/**
 * Serves the Runtime API on the loopback device, to one runtime: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi({ functionArn, timeoutMs }: RuntimeApiOptions): Promise<RuntimeApi> {
  const initialized = Promise.withResolvers<FunctionError | null>();
  let waiting: ServerResponse | undefined;
  let work: Work | undefined;
  let isHandedOver = false;

  function handOver(): void {
    if (waiting === undefined || work === undefined) return;
    isHandedOver = true;
    const { qualifier } = work;
    waiting.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': work.requestId,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs),
      'Lambda-Runtime-Invoked-Function-Arn': qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
      'Lambda-Runtime-Trace-Id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
    });
    waiting.end(work.payload);
    waiting = undefined;
  }

  function settle(response: ServerResponse, requestId: string, result: InvocationResult): void {
    if (!isHandedOver || work?.requestId !== requestId) {
      refuse(response, 400, 'InvalidRequestID');
      return;
    }
    const { settle: done } = work;
    work = undefined;
    isHandedOver = false;
    const isTooLarge = result.error?.errorType === 'Function.ResponseSizeTooLarge';
    if (isTooLarge) refuse(response, 413, 'RequestEntityTooLarge');
    else accept(response);
    done(result);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${request.url}`;
    const [, requestId = '', outcome = ''] = /^POST .*\/invocation\/([^/]+)\/(response|error)$/.exec(asked) ?? [];
    if (asked === `GET ${root}/invocation/next`) {
      if (isHandedOver) {
        refuse(response, 403, 'InvalidStateTransition');
        return;
      }
      waiting = response;
      initialized.resolve(null);
      handOver();
    } else if (asked === `POST ${root}/init/error`) {
      initialized.resolve(errorRequest.parse(JSON.parse((await buffer(request)).toString())));
      accept(response);
    } else if (asked === `POST ${root}/invocation/${requestId}/${outcome}`) {
      const body = (await buffer(request)).toString();
      if (outcome === 'response') settle(response, requestId, succeeded(requestId, body));
      else settle(response, requestId, failed(requestId, errorRequest.parse(JSON.parse(body))));
    } else refuse(response, 404, 'ResourceNotFound');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, 500, messageOf(error)));
  });
  const { port, close } = await openOnLoopback(server);
  return {
    address: `127.0.0.1:${port}`,
    initialized: initialized.promise,
    invoke(payload, requestId, qualifier) {
      if (work !== undefined) throw new RearviewError('ERR_STATE', `Request ${work.requestId} is not answered yet.`);
      const result = new Promise<InvocationResult>((resolve) => {
        work = { requestId, payload, qualifier, settle: resolve };
      });
      handOver();
      return result;
    },
    close,
  };
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ status: 'OK' }));
}

function refuse(response: ServerResponse, status: number, errorType: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ errorType, errorMessage: errorType }));
}
