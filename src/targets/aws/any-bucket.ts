import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { clientDefaults } from './aws-clients.ts';

/** Where S3 takes a request for any bucket, and says where the bucket is. */
const anyRegion = 'us-east-1';

/** Reads whatever the credentials may read. */
export interface AnyBucket {
  /** Reads one bucket, the latest version of each object unless another is named. Nothing is asked of a bucket twice. */
  readerOf(bucket: string): Promise<ObjectReader>;
  close(): void;
}

/**
 * Buckets of any region, with credentials and endpoints from where the SDK looks for them. A region need not be configured.
 * @throws RearviewError `ERR_CONFIG` where there are no credentials
 */
export async function openAnyBucket(): Promise<AnyBucket> {
  const first = await createClient();
  const clients = new Map([[await first.config.region(), first]]);
  const readers = new Map<string, Promise<ObjectReader>>();

  async function open(bucket: string): Promise<ObjectReader> {
    return createS3ObjectStore({ client: clientFor(await regionOf(first, bucket)), bucket });
  }

  function clientFor(region: string | null): S3Client {
    if (region === null) return first;
    const client = clients.get(region) ?? newClient(region);
    clients.set(region, client);
    return client;
  }

  return {
    readerOf(bucket) {
      const reader = readers.get(bucket) ?? open(bucket);
      readers.set(bucket, reader);
      return reader;
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

/** In the region that is configured, where one is. */
async function createClient(): Promise<S3Client> {
  const configured = newClient();
  try {
    await configured.config.credentials();
  } catch (cause) {
    configured.destroy();
    throw new RearviewError(
      'ERR_CONFIG',
      `There are no credentials for S3: ${messageOf(cause)}. Set AWS_PROFILE, or log in as the AWS command line does.`,
      { cause },
    );
  }
  try {
    await configured.config.region();
    return configured;
  } catch {
    configured.destroy();
    return newClient(anyRegion);
  }
}

function newClient(region?: string): S3Client {
  return new S3Client({
    ...clientDefaults,
    ...(region === undefined ? {} : { region }),
    // Costs a request more for each that goes astray: `regionOf` spares it where the bucket tells.
    followRegionRedirects: true,
  });
}

/** Null where the bucket does not tell: whoever may read objects need not be allowed to ask for that. */
async function regionOf(client: S3Client, bucket: string): Promise<string | null> {
  try {
    return (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion ?? null;
  } catch {
    // What is wrong with the bucket is said by the requests for its objects.
    return null;
  }
}
