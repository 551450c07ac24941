import type { IncomingHttpHeaders } from 'node:http';

/** Services whose requests are recorded. */
export type RecordedService = 'S3' | 'DYNAMODB' | 'SQS' | 'SNS' | 'KMS' | 'LAMBDA';

/** A request to AWS, as far as permissions depend on it. */
export interface RecordedRequest {
  /** The access key id that signed it: each part of the pipeline has its own. */
  readonly caller: string;
  readonly service: RecordedService;
  readonly method: string;
  /** The path as it was sent: encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Left out of objects: empty. */
  readonly body: string;
  /** Status of the response; undefined before it came. */
  readonly status: number | undefined;
}

/**
 * The access key id that a request is signed with; empty where it is not signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export function callerOf({ authorization = '' }: IncomingHttpHeaders): string {
  return /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
}

/** The value of a header that occurs once. */
export function headerOf({ headers }: Pick<RecordedRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
