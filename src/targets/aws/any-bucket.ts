import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3ObjectStore } from '../../adapters/aws/s3/s3-object-store.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { clientDefaults } from './aws-clients.ts';
import { requireCredentials } from './require-identity.ts';

/** The region where S3 accepts a request for any bucket, and returns the bucket's region. */
const anyRegion = 'us-east-1';

/** Reads everything the credentials may read. */
export interface AnyBucket {
  /**
   * Reads one bucket, the latest version of each object unless another is named. No request about a
   * bucket is sent twice.
   */
  readerOf(bucket: string): Promise<ObjectReader>;
  close(): void;
}

/**
 * Buckets of any region, with the SDK's credentials and endpoints. A region need not be configured.
 * @throws RearviewError `ERR_CONFIG` if there are no credentials
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

/** In the configured region, if there is one. */
async function createClient(): Promise<S3Client> {
  const configured = newClient();
  try {
    await requireCredentials(configured);
  } catch (error) {
    configured.destroy();
    throw error;
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
    // Each misdirected request costs one more: `regionOf` avoids it if the bucket returns its
    // region.
    followRegionRedirects: true,
  });
}

/** Null if the region is unknown: reading objects does not require the permission to look it up. */
async function regionOf(client: S3Client, bucket: string): Promise<string | null> {
  try {
    return (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion ?? null;
  } catch {
    // Problems with the bucket are reported by the requests for its objects.
    return null;
  }
}
