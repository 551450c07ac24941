import type { IncomingHttpHeaders } from 'node:http';

/** A request to the S3 emulator. */
export interface S3Request {
  readonly method: string;
  /** The path as it was sent: not decoded, and with any `..` still in it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Its response. */
export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type ServeS3 = (each: S3Request) => Promise<S3Answer>;

/** Whether the request is for an object, not for a bucket. */
export function isObjectPath(path: string): boolean {
  return /^\/[^/]+\/./s.test(path);
}

export function keyOf(path: string): string {
  return decodeURIComponent(path.replace(/^\/[^/]+\//, ''));
}

export function bucketOf(path: string): string {
  return path.split('/')[1] ?? '';
}

export function xmlAnswer(status: number, xml: string): S3Answer {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  return { status, headers: { 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}

/** An error response of S3. */
export function failure(status: number, code: string, message: string, fields = ''): S3Answer {
  return xmlAnswer(status, `<Error><Code>${code}</Code><Message>${message}</Message>${fields}</Error>`);
}

/** A HEAD request for the same object, with its checksums. */
export function headOf({ path }: S3Request): S3Request {
  return {
    ...{ method: 'HEAD', path, raw: path, query: new URLSearchParams() },
    ...{ headers: { 'x-amz-checksum-mode': 'ENABLED' }, body: Buffer.alloc(0) },
  };
}
