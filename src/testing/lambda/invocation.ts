/** One run of a handler. */
export interface Invocation {
  readonly functionName: string;
  /** The attempts at one asynchronous event share it, as in AWS. */
  readonly requestId: string;
  /** Counts the invocations of this function, from 1. */
  readonly number: number;
}

/** The response of Lambda instead of a result. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[] | undefined;
}

/** How an invocation ended. */
export interface InvocationResult {
  readonly requestId: string;
  /** JSON: what the handler returned, or the error. */
  readonly payload: string;
  /** Null when the handler returned. */
  readonly error: FunctionError | null;
}

/** Bytes that a handler may return (6 MB): https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maxResponseBytes = 6 * 1024 * 1024;

/** The handler returned; an answer that is too large is an error. */
export function succeeded(requestId: string, payload: string): InvocationResult {
  const size = Buffer.byteLength(payload);
  if (size <= maxResponseBytes) return { requestId, payload, error: null };
  return failed(requestId, {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
  });
}

/** The handler threw, or its process ended. */
export function failed(requestId: string, error: FunctionError): InvocationResult {
  return { requestId, payload: JSON.stringify(error), error };
}

/** The process was killed because its time was over. */
export function timedOut(requestId: string, timeoutMs: number): InvocationResult {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  return failed(requestId, { errorType: 'Sandbox.Timedout', errorMessage });
}

/** The process ended during the invocation: it crashed, was killed, or called `process.exit`. */
export function exited(requestId: string, code: number | null, signal: string | null): InvocationResult {
  const reason =
    signal === null
      ? code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${code}`
      : `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return failed(requestId, {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${reason}`,
  });
}
