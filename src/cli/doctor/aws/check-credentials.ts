import type { STSClient } from '@aws-sdk/client-sts';
import { type Identity, inspectIdentity } from '../../../adapters/aws/inspect/inspect-identity.ts';
import { hasCode, messageOf } from '../../../domain/errors.ts';
import { type CheckResult, fail, ok, warn } from '../check-result.ts';

const wrong: Readonly<Record<Exclude<Identity['status'], 'known'>, string>> = {
  missing: 'not set: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with "aws sso login"',
  expired: 'they have expired: sign in again ("aws sso login"), or get new ones from their source',
  refused: 'AWS refused them: check the access key, its secret and the clock of this machine',
  'no-region': 'no region is set: set AWS_REGION to that of the stack',
};

/** Account of the credentials. If this check fails, AWS checks are left out. */
export async function checkCredentials(client: STSClient): Promise<CheckResult> {
  const check = 'credentials';
  try {
    const identity = await inspectIdentity(client);
    if (identity.status === 'known') return ok(check, `account ${identity.account}, ${identity.arn}`);
    return fail(check, `${wrong[identity.status]} (${identity.message}).`);
  } catch (error) {
    // The rest of AWS may well be reached from where STS is not.
    if (hasCode(error, 'ERR_UNAVAILABLE')) return warn(check, `their account is not known: ${messageOf(error)}`);
    return fail(check, messageOf(error));
  }
}
