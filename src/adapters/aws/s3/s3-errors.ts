import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, messageOf, RearviewError } from '../../../domain/errors.ts';
import { isOfNetwork } from '../network-errors.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const byName: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ...each('ERR_OBJECT_GONE', 'NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'),
  ...each('ERR_OBJECT_ARCHIVED', 'InvalidObjectState'),
  ...each('ERR_OBJECT_CHANGED', 'PreconditionFailed'),
  ...each('ERR_OBJECT_DENIED', 'ExpiredToken', 'InvalidToken', 'TokenRefreshRequired', 'CredentialsProviderError'),
  ...each('ERR_CONFIG', 'NoSuchBucket', 'InvalidBucketName', 'PermanentRedirect', 'AuthorizationHeaderMalformed'),
  ...each('ERR_CONFIG', 'IllegalLocationConstraintException', 'KeyTooLongError', 'MetadataTooLarge', 'InvalidURI'),
  ...each('ERR_OBJECT_TOO_LARGE', 'EntityTooLarge'),
  ...each('ERR_UNAVAILABLE', 'SlowDown', 'InternalError', 'ServiceUnavailable', 'RequestTimeout', 'TimeoutError'),
  ...each('ERR_UNAVAILABLE', 'OperationAborted', 'ConditionalRequestConflict', 'NoSuchUpload'),
  // The request was damaged on its way.
  ...each('ERR_UNAVAILABLE', 'BadDigest', 'IncompleteBody', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch'),
]);

const messages: Partial<Record<ErrorCode, string>> = {
  ERR_OBJECT_GONE: 'does not exist (any more)',
  ERR_OBJECT_CHANGED: 'changed: it is no longer the requested version',
  ERR_OBJECT_DENIED: 'access was denied; the role needs permission on the object and on its KMS key',
  ERR_CONFIG: 'cannot be used; check bucket, region, key and metadata',
  ERR_OBJECT_TOO_LARGE: 'is larger than S3 accepts',
  ERR_UNAVAILABLE: 'could not be read or written in S3; try again',
};

/**
 * Translates an error of the AWS SDK. An error that is not from S3, the network or the credentials
 * is returned unchanged.
 * @param what bucket, and key if there is one
 */
export function translateS3Error(error: unknown, what: string): unknown {
  const code = codeOf(error);
  if (code === null) return error;
  const reason = `${nameOf(error)}: ${messageOf(error)}`;
  const text = code === 'ERR_OBJECT_ARCHIVED' ? archived(error) : messages[code];
  const retryable = code === 'ERR_UNAVAILABLE' || code === 'ERR_OBJECT_CHANGED' || isDenial(error, code);
  return new RearviewError(code, `${what} ${text} (${reason}).`, { cause: error, retryable });
}

/** A response that was incomplete, never arrived, or violates HTTP or the S3 API. */
export function unavailable(what: string, why: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_UNAVAILABLE', `${what} ${messages.ERR_UNAVAILABLE}: ${why}.`, {
    retryable: true,
    cause,
  });
}

/** The error for an existing object of that key where none was expected. */
export function existsAlready(what: string, cause?: unknown): RearviewError {
  return new RearviewError('ERR_CONFLICT', `${what} exists already.`, { cause });
}

/** The HTTP status of an error of S3. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof RearviewError || !(error instanceof Error)) return null;
  const named = byName.get(nameOf(error));
  if (named !== undefined) return named;
  if (error.name.startsWith('KMS.')) return 'ERR_OBJECT_DENIED';
  if (!(error instanceof S3ServiceException)) return isOfNetwork(error) ? 'ERR_UNAVAILABLE' : null;
  if (error.name === 'InvalidArgument' && /version ?id/i.test(error.message)) return 'ERR_OBJECT_GONE';
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status === 404 || status === 405) return 'ERR_OBJECT_GONE';
  if (status === 412) return 'ERR_OBJECT_CHANGED';
  if (status >= 300 && status < 400) return 'ERR_CONFIG';
  return status < 300 || status === 409 || status === 429 || status >= 500 ? 'ERR_UNAVAILABLE' : 'ERR_OBJECT_DENIED';
}

/**
 * An operator may grant a permission, enable a key or renew a token. A request that S3 considers
 * wrong (for example, for objects with a customer key) stays wrong.
 */
function isDenial(error: unknown, code: ErrorCode): boolean {
  if (code !== 'ERR_OBJECT_DENIED') return false;
  const name = nameOf(error);
  return byName.has(name) || name.startsWith('KMS.') || statusOf(error) === 403 || statusOf(error) === 401;
}

function archived(error: unknown): string {
  const field = (name: string) =>
    error instanceof Error ? (Object.entries(error).find(([each]) => each === name)?.[1] as unknown) : undefined;
  const storage = [field('StorageClass'), field('AccessTier')].filter(
    (each) => typeof each === 'string' && each !== '',
  );
  return `is archived in ${storage.join(' ') || 'an archive class'}; restore it so that it can be scanned`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function each(code: ErrorCode, ...names: readonly string[]): readonly (readonly [string, ErrorCode])[] {
  return names.map((name) => [name, code] as const);
}
