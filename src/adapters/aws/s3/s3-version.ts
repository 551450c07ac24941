/** Conversion of S3 versions to `ObjectRef.version`, for the store and for events about objects. */

const prefix = 'etag:';

/**
 * Returns the version id if the bucket keeps versions. Otherwise (also for objects stored before
 * versioning, whose version id is `null`) returns the ETag, as in
 * `etag:"9b2cf535f27731c974343645a3985328"`.
 * @param options.etag with or without its quotes, which event notifications leave out
 */
export function objectVersion({ versionId, etag }: { readonly versionId?: string; readonly etag: string }): string {
  if (versionId !== undefined && versionId !== 'null') return versionId;
  return `${prefix}"${etag.replaceAll('"', '')}"`;
}

/** Returns the ETag of a version, with its quotes; null if it is a version id. */
export function etagOf(version: string): string | null {
  return version.startsWith(prefix) ? version.slice(prefix.length) : null;
}

/** Returns the request parameters that select this version and no other. */
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

/**
 * ISO 8601 in UTC. Listings of some stores have milliseconds, headers do not: both agree on
 * seconds.
 */
export function arrivedAtOf(modified: Date): string {
  return new Date(Math.floor(modified.getTime() / 1000) * 1000).toISOString();
}
