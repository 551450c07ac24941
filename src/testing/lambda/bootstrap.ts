/**
 * Runs in the process of an execution environment: loads the handler once, then calls it with one event after the other.
 * Arguments: the URL of the handler's module, the name of the export.
 */
import type { FunctionError } from './invocation.ts';
import type { FromEnvironment, ToEnvironment } from './protocol.ts';

type Event = Extract<ToEnvironment, { type: 'event' }>;

const [, , moduleUrl = '', exportName = ''] = process.argv;
const { env } = process;

// Whoever started this process is gone: nobody would ever end it.
process.on('disconnect', () => process.exit(1));

function tell(message: FromEnvironment): void {
  process.send?.(message);
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function contextOf({ requestId, deadlineMs, invokedFunctionArn }: Event) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn,
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function answerOf(handle: (event: unknown, context: unknown) => unknown, event: Event): Promise<FromEnvironment> {
  const { requestId } = event;
  try {
    const answer = await handle(JSON.parse(event.payload), contextOf(event));
    return { type: 'returned', requestId, payload: JSON.stringify(answer) ?? 'null' };
  } catch (error) {
    const described = describe(error);
    console.error(`Invoke Error ${JSON.stringify(described)}`);
    return { type: 'threw', requestId, error: described };
  }
}

function isEvent(message: unknown): message is Event {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'event';
}

async function loadHandler(): Promise<(event: unknown, context: unknown) => unknown> {
  const loaded: Readonly<Record<string, unknown>> = await import(moduleUrl);
  const handle = loaded[exportName];
  if (typeof handle === 'function') return (event, context) => handle(event, context);
  const error = new Error(`${moduleUrl} exports no function ${exportName}`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
}

try {
  const handle = await loadHandler();
  process.on('message', async (message) => {
    if (!isEvent(message)) return;
    const answer = await answerOf(handle, message);
    // Tells the runtime that it has read all that this invocation printed.
    for (const stream of [process.stdout, process.stderr]) stream.write(`END RequestId: ${message.requestId}\n`);
    tell(answer);
  });
  tell({ type: 'ready' });
} catch (error) {
  console.error(error);
  tell({ type: 'init-failed', error: describe(error) });
}
