import { createServer } from 'node:http';
import type { S3Client } from '@aws-sdk/client-s3';
import { compareKeys } from '../../adapters/aws/s3/listing/key-order.ts';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import type { Teardown } from '../teardown.ts';
import { s3ClientOf } from './s3-emulator.ts';
import { failure } from './s3-http.ts';
import { sortedListing } from './s3-listings.ts';

export interface ListingServerOptions {
  /** Each is an object of one byte. They can be listed with and without versions. */
  readonly keys: readonly string[];
  /** Versions of each key, named `v1` and so on. Default: 1. */
  readonly versionsOfEach?: number;
  /** Called for each request: true refuses it. Default: none is refused. */
  readonly isDenied?: (query: URLSearchParams) => boolean;
  /** Awaited before each response. Default: no wait. */
  readonly hold?: () => Promise<unknown>;
}

/** A bucket that can only be listed, with any number of keys. */
export interface ListingServer {
  readonly client: S3Client;
  readonly bucket: string;
  /** Requests so far. */
  requests: number;
  /** Maximum number of requests that were open at the same time. */
  mostUnderWay: number;
}

const tail = `<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${'0'.repeat(32)}&quot;</ETag><Size>1</Size>`;

/** Serves listings on the loopback device, several at once, until the test ends. */
export async function startListingServer(
  t: Teardown,
  { keys, versionsOfEach = 1, isDenied = () => false, hold = async () => undefined }: ListingServerOptions,
): Promise<ListingServer> {
  const sorted = keys.toSorted(compareKeys);
  const latest = sorted.map((key) => ({ key, id: '', xml: tail }));
  const versions = sorted.flatMap((key) =>
    Array.from({ length: versionsOfEach }, (_, index) => {
      const id = `v${versionsOfEach - index}`;
      return { key, id, xml: `<VersionId>${id}</VersionId>${tail}` };
    }),
  );
  let underWay = 0;
  const server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://127.0.0.1');
    listing.requests += 1;
    underWay += 1;
    listing.mostUnderWay = Math.max(listing.mostUnderWay, underWay);
    const answer = async () => {
      await hold();
      const entries = searchParams.has('versions') ? versions : latest;
      const { status, headers, body } = isDenied(searchParams)
        ? failure(403, 'AccessDenied', 'No.')
        : sortedListing({ path: pathname }, searchParams, entries);
      response.writeHead(status, headers).end(body);
    };
    answer()
      .catch(() => response.destroy())
      .finally(() => {
        underWay -= 1;
      });
  });
  const port = await listenOnLoopback(t, server);
  const client = s3ClientOf(t, port);
  const listing: ListingServer = { client, bucket: 'corpus', requests: 0, mostUnderWay: 0 };
  return listing;
}
