/** How versions of S3 objects are named in `ObjectRef.version`, for the store as for the events that tell of objects. */

const prefix = 'etag:';

/**
 * The version id where the bucket keeps versions; else (also for what was stored before it did, whose version id is `null`) the ETag, as in
 * `etag:"9b2cf535f27731c974343645a3985328"`.
 * @param options.etag with or without its quotes, which event notifications leave out
 */
export function objectVersion({ versionId, etag }: { readonly versionId?: string; readonly etag: string }): string {
  if (versionId !== undefined && versionId !== 'null') return versionId;
  return `${prefix}"${etag.replaceAll('"', '')}"`;
}

/** The ETag that a version stands for, with its quotes; null where it is a version id. */
export function etagOf(version: string): string | null {
  return version.startsWith(prefix) ? version.slice(prefix.length) : null;
}

/** What a request must say to be answered with this version and no other. */
export function conditionOf(
  version: string | undefined,
  versioned: boolean,
): { readonly VersionId?: string; readonly IfMatch?: string } {
  if (version === undefined) return {};
  const etag = etagOf(version);
  if (etag === null) return { VersionId: version };
  // In a bucket with versions, the object without a version id need not be the latest.
  return { IfMatch: etag, ...(versioned ? { VersionId: 'null' } : {}) };
}

/** ISO 8601 in UTC. Listings have milliseconds in some stores, headers have not: seconds are what both agree on. */
export function arrivedAtOf(modified: Date): string {
  return new Date(Math.floor(modified.getTime() / 1000) * 1000).toISOString();
}
