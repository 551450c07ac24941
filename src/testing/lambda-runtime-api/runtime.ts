/**
 * The runtime, in the process of the function, as that of Lambda for Node.js works: loads `_HANDLER` from `LAMBDA_TASK_ROOT`, then asks for one event
 * after the other. It uses nothing but Node, so that what it loads has to bring all that it needs. Unlike that of Lambda it also loads TypeScript.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
import { existsSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

type Handle = (event: unknown, context: unknown) => unknown;

const { env } = process;
// As that of Lambda: an import would load `fetch` and WebSocket for the function, too.
const { Agent, request } = process.getBuiltinModule('node:http');
const root = `http://${env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

// The parent that hands out events is gone, and nothing else would ever end this process.
process.on('disconnect', () => process.exit(1));

async function ask(method: 'GET' | 'POST', path: string, body = '', headers: Readonly<Record<string, string>> = {}) {
  const length = method === 'GET' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise<{ readonly headers: IncomingHttpHeaders; readonly body: string }>((resolve, reject) => {
    const sent = request(`${root}${path}`, { method, agent, headers: { ...headers, ...length } }, (response) => {
      text(response).then((answer) => resolve({ headers: response.headers, body: answer }), reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

interface DescribedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

function describe(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

async function reportError(path: string, error: DescribedError): Promise<void> {
  await ask('POST', path, JSON.stringify(error), { 'Lambda-Runtime-Function-Error-Type': error.errorType });
}

/** Ends the output of an invocation, so that the other side of the pipes knows when it has read all of it. */
function endOutput(requestId: unknown): void {
  for (const stream of [process.stdout, process.stderr]) stream.write(`END RequestId: ${requestId}\n`);
}

async function loadHandler(): Promise<Handle> {
  const [, name = '', exportName = ''] = /^([^.]*)\.(.*)$/.exec(env['_HANDLER'] ?? '') ?? [];
  const at = join(env['LAMBDA_TASK_ROOT'] ?? '', name);
  const file = ['.js', '.mjs', '.cjs', '.ts'].map((extension) => `${at}${extension}`).find((each) => existsSync(each));
  if (file === undefined) throw named('Runtime.ImportModuleError', `Cannot find module '${name}'`);
  const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  const handle = loaded[exportName];
  // Most environments are killed, and would not write it.
  if (getCompileCacheDir() !== undefined) flushCompileCache();
  if (typeof handle === 'function') return (event, context) => handle(event, context);
  throw named('Runtime.HandlerNotFound', `${env['_HANDLER']} is undefined or not exported`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(headers: IncomingHttpHeaders) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function serve(handle: Handle): Promise<never> {
  for (;;) {
    const { headers, body } = await ask('GET', '/invocation/next');
    env['_X_AMZN_TRACE_ID'] = String(headers['lambda-runtime-trace-id']);
    const requestId = headers['lambda-runtime-aws-request-id'];
    const path = `/invocation/${requestId}`;
    let answer: string;
    try {
      answer = JSON.stringify(await handle(JSON.parse(body), contextOf(headers))) ?? 'null';
    } catch (error) {
      const described = describe(error);
      console.error(`Invoke Error ${JSON.stringify(described)}`);
      endOutput(requestId);
      await reportError(`${path}/error`, described);
      continue;
    }
    endOutput(requestId);
    await ask('POST', `${path}/response`, answer);
  }
}

const handle = await loadHandler().catch(async (error: unknown) => {
  console.error(error);
  await reportError('/init/error', describe(error));
  process.exit(1);
});
await serve(handle).catch(() => process.exit(0));
