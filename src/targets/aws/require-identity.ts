import type { S3Client } from '@aws-sdk/client-s3';
import { unavailable } from '../../adapters/aws/aws-errors.ts';
import { isOfNetwork } from '../../adapters/aws/network-errors.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';

type Configured = Pick<S3Client, 'config'>;

/**
 * Looks up region and credentials before the first request, whose error would not say what to do.
 * @throws RearviewError `ERR_CONFIG` if one is missing; `ERR_UNAVAILABLE` (retryable) if the source
 *   of the credentials does not respond
 */
export async function requireIdentity(client: Configured): Promise<void> {
  await requireRegion(client);
  await requireCredentials(client);
}

async function requireRegion({ config }: Configured): Promise<void> {
  await config.region().catch((cause: unknown) => {
    const text = `Cannot find a region of AWS: ${messageOf(cause)}. Set AWS_REGION, or pass --stack-outputs, which contain the region of the stack.`;
    throw new RearviewError('ERR_CONFIG', text, { cause });
  });
}

/** @throws RearviewError as `requireIdentity` */
export async function requireCredentials({ config }: Configured): Promise<void> {
  await config.credentials().catch((cause: unknown) => {
    const why = messageOf(cause);
    if (cause instanceof Error && isOfNetwork(cause)) throw unavailable('The source of the credentials', why, cause);
    const text = `Cannot find credentials for AWS: ${why}. Set AWS_PROFILE, or sign in with "aws sso login".`;
    throw new RearviewError('ERR_CONFIG', text, { cause });
  });
}
