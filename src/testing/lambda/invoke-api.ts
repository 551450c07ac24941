import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { hasCode, messageOf } from '../../domain/errors.ts';
import { openOnLoopback } from '../http/listen-on-loopback.ts';
import { functionArn } from './function-options.ts';
import type { FunctionRuntime } from './function-runtime.ts';

/** Bytes of an event: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const maxPayloadBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 } as const;

type InvocationType = keyof typeof maxPayloadBytes;

export interface InvokeApi {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Breaks off all connections. */
  close(): Promise<void>;
}

export interface InvokeApiOptions {
  readonly find: (name: string) => FunctionRuntime | undefined;
  /** Accepts an asynchronous event; returns its request id. */
  readonly accept: (target: FunctionRuntime, payload: string, qualifier?: string) => string;
}

/** Serves the Invoke API for the SDK's client on the loopback device. Signatures are ignored, and every qualifier is the one version that there is. */
export async function startInvokeApi(options: InvokeApiOptions): Promise<InvokeApi> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'ServiceException', messageOf(error));
    });
  });
  const { port, close } = await openOnLoopback(server);
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

async function answer({ find, accept }: InvokeApiOptions, request: IncomingMessage, response: ServerResponse) {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const given = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (request.method !== 'POST' || given === undefined) {
    return refuse(response, 404, 'UnknownOperationException', `${request.method} ${path} is not served here.`);
  }
  const { name, ...named } = parseFunctionName(decodeURIComponent(given));
  const qualifier = searchParams.get('Qualifier') ?? named.qualifier;
  const body = await buffer(request);
  const type = invocationType(request.headers['x-amz-invocation-type']);
  if (type === undefined) {
    return refuse(
      response,
      400,
      'InvalidParameterValueException',
      'The invocation type is none of RequestResponse, Event, DryRun.',
    );
  }
  const target = find(name);
  if (target === undefined) {
    return refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${functionArn(name)}`);
  }
  const limit = maxPayloadBytes[type];
  if (body.length > limit) {
    const message = `${body.length} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    return refuse(response, 413, 'RequestTooLargeException', message);
  }
  const payload = body.length === 0 ? '{}' : body.toString();
  if (!isJson(payload)) {
    return refuse(response, 400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'DryRun') return send(response, 204, randomUUID());
  if (type === 'Event') return send(response, 202, accept(target, payload, qualifier));
  const result = await invokeUnlessStopped(target, payload, qualifier);
  if (result === 'stopped') return response.destroy();
  if (result === null) {
    const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    return refuse(response, 429, 'TooManyRequestsException', 'Rate Exceeded.', { Reason: reason });
  }
  const headers = { 'x-amz-executed-version': '$LATEST', 'content-type': 'application/json' };
  // This runtime of AWS knows no other kind of error.
  const failure = result.error === null ? {} : { 'x-amz-function-error': 'Unhandled' };
  send(response, 200, result.requestId, { ...headers, ...failure }, result.payload);
}

async function invokeUnlessStopped(target: FunctionRuntime, payload: string, qualifier: string | undefined) {
  try {
    return await target.invoke({ payload, qualifier, waitMs: 0 });
  } catch (error) {
    if (hasCode(error, 'ERR_STATE')) return 'stopped';
    throw error;
  }
}

/** `name`, `arn:aws:lambda:us-east-1:000000000000:function:name` or `000000000000:function:name`, with or without a qualifier. */
export function parseFunctionName(given: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [name = '', qualifier] = given.replace(/^(?:.*:)?function:/, '').split(':');
  return { name, qualifier };
}

function invocationType(header: string | string[] | undefined): InvocationType | undefined {
  const given = header ?? 'RequestResponse';
  return given === 'RequestResponse' || given === 'Event' || given === 'DryRun' ? given : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function send(response: ServerResponse, status: number, requestId: string, headers = {}, body = ''): void {
  response.writeHead(status, { ...headers, 'x-amzn-requestid': requestId });
  response.end(body);
}

function refuse(response: ServerResponse, status: number, code: string, message: string, fields = {}): void {
  const headers = { 'x-amzn-errortype': code, 'content-type': 'application/json' };
  // The API's own mix: a capital M where the function is not found.
  const body = { Type: status < 500 ? 'User' : 'Service', message, Message: message, ...fields };
  send(response, status, randomUUID(), headers, JSON.stringify(body));
}
