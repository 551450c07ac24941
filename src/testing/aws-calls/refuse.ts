import type { ServerResponse } from 'node:http';
import { failure } from '../s3/s3-http.ts';
import type { RecordedService } from './recorded-request.ts';

/** Answers as the service does where IAM denies a request: each in its own words. */
export function refuse(response: ServerResponse, service: RecordedService): void {
  if (service === 'S3') {
    const { status, headers, body } = failure(403, 'AccessDenied', 'Access Denied');
    response.writeHead(status, headers).end(response.req.method === 'HEAD' ? undefined : body);
  } else if (service === 'SNS') {
    const error = '<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>No.</Message></Error>';
    response.writeHead(403, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
  } else {
    const status = service === 'DYNAMODB' ? 400 : 403;
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'AccessDeniedException' };
    const error = { __type: 'com.amazonaws#AccessDeniedException', message: 'User is not authorized' };
    response.writeHead(status, headers).end(JSON.stringify(error));
  }
}
