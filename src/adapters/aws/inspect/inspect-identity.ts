import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { messageOf } from '../../../domain/errors.ts';
import { ask } from '../ask.ts';

/** The identity of the credentials, or what is wrong with them. */
export type Identity =
  | { readonly status: 'known'; readonly account: string; readonly arn: string }
  | { readonly status: 'missing' | 'expired' | 'refused' | 'no-region'; readonly message: string };

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, and the names of S3 and
 * DynamoDB.
 */
const expired = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/;
const refused =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId|AccessDenied(Exception)?)$/;

/**
 * Returns the identity of the credentials. Needs no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @throws RearviewError `ERR_UNAVAILABLE` (retryable) if STS does not respond
 */
export async function inspectIdentity(client: STSClient): Promise<Identity> {
  const call = { what: 'STS', permission: 'sts:GetCallerIdentity' };
  return ask(call, () => client.send(new GetCallerIdentityCommand({}))).then(
    ({ Account: account = '', Arn: arn = '' }): Identity => ({ status: 'known', account, arn }),
    (error: unknown): Identity => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const status = cause instanceof Error ? problemOf(cause) : null;
      if (status === null) throw error;
      return { status, message: messageOf(cause) };
    },
  );
}

function problemOf({ name, message }: Error): Exclude<Identity['status'], 'known'> | null {
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    // The SDK has one name for missing credentials and for an expired session at the identity
    // provider.
    return /expired|refresh/i.test(message) ? 'expired' : 'missing';
  }
  if (/region is missing/i.test(message)) return 'no-region';
  return expired.test(name) ? 'expired' : refused.test(name) ? 'refused' : null;
}
