import type { HttpAnswer } from '../http/http-proxy.ts';
import { failure } from '../s3/s3-http.ts';
import type { RecordedService } from './recorded-request.ts';

/** The response of a service if IAM denies a request: each has its own. */
export function refusal(service: RecordedService): HttpAnswer {
  if (service === 'S3') return failure(403, 'AccessDenied', 'Access Denied');
  if (service === 'SNS') {
    const error = '<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>No.</Message></Error>';
    return { status: 403, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'AccessDeniedException' };
  const error = { __type: 'com.amazonaws#AccessDeniedException', message: 'User is not authorized' };
  return { status: service === 'DYNAMODB' ? 400 : 403, headers, body: JSON.stringify(error) };
}
