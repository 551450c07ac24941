/** One Lambda function, as its deployment would describe it. */
export interface FunctionOptions {
  /** The module of its handler: a file URL or an absolute path. TypeScript runs by type stripping. */
  readonly module: URL | string;
  /** The export that is the handler, called with (event, context). Default: `handler`. */
  readonly exportName?: string;
  /**
   * Environment variables, beside those that Lambda itself sets and `AWS_ENDPOINT_URL_LAMBDA`, by which the SDK's client finds this runtime. Nothing is
   * inherited but `PATH`.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Milliseconds until the process is killed. The clock starts when the handler is called, not at a
   * cold start. Default: 30,000.
   */
  readonly timeoutMs?: number;
  /** Reserved concurrency: environments that run at the same time. Default: 4. */
  readonly concurrency?: number;
  /** Told to the handler; nothing is limited by it. Default: 1024. */
  readonly memoryMb?: number;
  /** Further attempts at an asynchronous invocation that failed. Default: 2, as in AWS. */
  readonly asyncRetries?: number;
  /** Milliseconds before the first retry, and twice as many before the second. AWS: 60,000. Default: 100. */
  readonly asyncRetryDelayMs?: number;
  /** Gets a record of each asynchronous invocation that failed for good. Default: none. */
  readonly onFailureQueueUrl?: string;
}

/** The account and region of all functions. */
export const account = '000000000000';
export const region = 'us-east-1';

/** Name of a function in the form of AWS, with the requested alias or version. */
export function functionArn(name: string, qualifier?: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
}
