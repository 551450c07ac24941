import { messageOf, RearviewError } from '../../domain/errors.ts';
import { isOfNetwork } from './network-errors.ts';

/** The subject of a call, for error messages. */
export interface AwsCall {
  /** The queue or topic with its URL or ARN, such as `The queue live (https://…)`. */
  readonly what: string;
  /** The permission the role needs for it, such as `sqs:SendMessage`. */
  readonly permission: string;
}

/**
 * Names in the JSON protocol, the query protocol and the SDK.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
const throttling =
  /Thrott?l|TooManyRequests|SlowDown|BandwidthLimitExceeded|RequestLimitExceeded|OverLimit|LimitExceededException$/i;
const server =
  /^(InternalError|InternalFailure|InternalServerError|ServiceUnavailable|RequestTimeout|TimeoutError)(Exception)?$/;
const missing =
  /(^|\.)(NoSuchBucket|QueueDoesNotExist|NonExistentQueue|NotFound|NotFoundException|ResourceNotFoundException)$/;
const denied = /AccessDenied|AuthorizationError|InvalidSecurity/;
const deniedNames: ReadonlySet<string> = new Set([
  ...['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch', 'IncompleteSignature'],
  ...['MissingAuthenticationToken', 'ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'OptInRequired'],
  ...['CredentialsProviderError', 'InvalidAddress', 'UnauthorizedOperation'],
]);
const key = /^KMS/i;

/**
 * Translates an error of an AWS client. `ERR_UNAVAILABLE` (retryable) stands for throttling, the
 * network and service failures, `ERR_CONFIG` for problems that an operator has to fix. An error
 * that is neither from AWS nor from the network is returned unchanged.
 */
export function translateAwsError(error: unknown, { what, permission }: AwsCall): unknown {
  if (error instanceof RearviewError || !(error instanceof Error)) return error;
  const { name } = error;
  const reason = `(${name}: ${messageOf(error)})`;
  const wrong = (text: string) => new RearviewError('ERR_CONFIG', `${what} ${text} ${reason}.`, { cause: error });
  if (isTransient(error)) return unavailable(what, reason, error);
  if (missing.test(name)) return wrong('does not exist; check the address, the account and the region');
  if (key.test(name)) return wrong(`cannot be used: the role cannot use its KMS key and needs ${permission}`);
  if (denied.test(name) || deniedNames.has(name) || statusOf(error) === 401 || statusOf(error) === 403) {
    return wrong(`was refused: the role needs ${permission} and valid credentials`);
  }
  return '$metadata' in error ? wrong('does not accept the request') : error;
}

/** A failure that may not occur at the next attempt. */
export function unavailable(what: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_UNAVAILABLE', `${what} failed; try again ${why}.`, {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Returns whether a service reports throttling by this name. */
export function isThrottling(name: string): boolean {
  return throttling.test(name);
}

function isTransient(error: Error): boolean {
  const status = statusOf(error);
  if (throttling.test(error.name) || server.test(error.name)) return true;
  if (status !== undefined) return status === 429 || status >= 500 || status < 400;
  // The SDK compares the MD5 of bodies with the one in the response, and throws a plain error.
  return isOfNetwork(error) || /^Invalid ?(MD5 )?checksum/i.test(error.message);
}

function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
