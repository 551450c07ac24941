import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';

/** The setup of Lambda. It may be changed at any time. */
export interface LambdaSetup {
  /** By name. */
  functions: Readonly<
    Record<string, { readonly state: string; readonly timeoutSeconds: number; readonly lastUpdate?: string }>
  >;
  /** By the ARN of the queue: the function, and whether the mapping is on. */
  mappings: Readonly<Record<string, readonly { readonly function: string; readonly state: string }[]>>;
  unreserved: number;
  /** Operations that are refused, such as `GetAccountSettings`. */
  denied: readonly string[];
}

/**
 * Serves the details of functions, mappings and the account:
 * https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export async function startLambdaControl(t: Teardown, setup: LambdaSetup): Promise<{ readonly endpoint: string }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const operation = operationOf(pathname);
    if (operation === null || request.method !== 'GET')
      return send(response, 404, { Message: pathname }, 'UnknownOperationException');
    if (setup.denied.includes(operation)) {
      const Message = `User: arn:aws:iam::000000000000:user/test is not authorized to perform: lambda:${operation}`;
      return send(response, 403, { Message }, 'AccessDeniedException');
    }
    if (operation === 'GetAccountSettings') {
      return send(response, 200, { AccountLimit: { UnreservedConcurrentExecutions: setup.unreserved } });
    }
    if (operation === 'ListEventSourceMappings') {
      const mappings = setup.mappings[searchParams.get('EventSourceArn') ?? ''] ?? [];
      const EventSourceMappings = mappings.map((each) => ({ FunctionArn: arnOf(each.function), State: each.state }));
      return send(response, 200, { EventSourceMappings });
    }
    const name =
      decodeURIComponent(pathname.split('/')[3] ?? '')
        .split(':')
        .at(-1) ?? '';
    const found = setup.functions[name];
    if (found === undefined) {
      return send(response, 404, { Message: `Function not found: ${arnOf(name)}` }, 'ResourceNotFoundException');
    }
    const { state: State, timeoutSeconds: Timeout, lastUpdate: LastUpdateStatus = 'Successful' } = found;
    send(response, 200, { FunctionName: name, FunctionArn: arnOf(name), State, Timeout, LastUpdateStatus });
  });
  const port = await listenOnLoopback(t, server);
  return { endpoint: `http://127.0.0.1:${port}` };
}

function operationOf(path: string): string | null {
  if (path === '/2016-08-19/account-settings') return 'GetAccountSettings';
  if (/^\/2015-03-31\/event-source-mappings\/?$/.test(path)) return 'ListEventSourceMappings';
  return /^\/2015-03-31\/functions\/[^/]+\/configuration$/.test(path) ? 'GetFunctionConfiguration' : null;
}

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

function send(response: ServerResponse, status: number, body: unknown, error?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
  });
  response.end(JSON.stringify(body));
}
