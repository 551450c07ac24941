import type { S3Client } from '@aws-sdk/client-s3';
import { createAwsClients, inRegion } from '../../targets/aws/aws-clients.ts';
import { requireIdentity } from '../../targets/aws/require-identity.ts';

/**
 * Has a client of S3 for what needs no target, and closes it when `use` has ended.
 * @param region of the bucket. Default: that of the SDK
 * @throws RearviewError as `requireIdentity`
 */
export async function withS3<T>(region: string | undefined, use: (client: S3Client) => Promise<T>): Promise<T> {
  const clients = createAwsClients(inRegion(region));
  try {
    await requireIdentity(clients.s3);
    return await use(clients.s3);
  } finally {
    clients.close();
  }
}
