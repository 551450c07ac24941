import type { S3Client } from '@aws-sdk/client-s3';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { createAwsClients } from '../../targets/aws/aws-clients.ts';

/**
 * Has a client of S3 for what needs no target, and closes it when `use` has ended.
 * @throws RearviewError `ERR_CONFIG` where there is no region
 */
export async function withS3<T>(use: (client: S3Client) => Promise<T>): Promise<T> {
  const clients = createAwsClients();
  try {
    await clients.s3.config.region().catch((cause: unknown) => {
      const text = `Cannot find a region for S3: ${messageOf(cause)}. Set AWS_REGION to that of the bucket.`;
      throw new RearviewError('ERR_CONFIG', text, { cause });
    });
    return await use(clients.s3);
  } finally {
    clients.close();
  }
}
