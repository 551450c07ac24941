import { setImmediate } from 'node:timers/promises';
import { formatCursor, parseCursor } from '../../adapters/aws/s3/listing/cursor.ts';
import { compareKeys } from '../../adapters/aws/s3/listing/key-order.ts';
import type { ListingSource } from '../../adapters/aws/s3/listing/list-in-lanes.ts';

/** An object version in memory, or a delete marker. */
export interface StoredVersion {
  readonly key: string;
  /** A greater number is newer. */
  readonly version: number;
  readonly isMark: boolean;
}

export interface MemoryListingOptions {
  /** Whether all versions are listed. Default: false, only the latest of each key. */
  readonly versioned?: boolean;
  /**
   * Whether the common prefixes include the folder in which a listing starts. Default: true.
   */
  readonly showsFolderOfStart?: boolean;
  /**
   * Called before each response with the key after which it begins; true makes the request fail.
   * Default: none fails.
   */
  readonly isFailing?: (after: string) => boolean;
}

/** A bucket in memory that counts requests. Its versions may change between requests. */
export interface MemoryListing extends ListingSource {
  versions: readonly StoredVersion[];
  /** Number of requested pages. */
  requests: number;
  /** Number of requested folders. */
  folderRequests: number;
  /** Number of requests at this moment. */
  underWay: number;
  mostUnderWay: number;
  /** Resolves when no request is running and none has followed. */
  rest(): Promise<void>;
}

/** Responds as S3 does, in a later turn of the event loop. Versions are named `v00001`. */
export function createMemoryListing(
  versions: readonly StoredVersion[],
  { versioned = false, showsFolderOfStart = true, isFailing = () => false }: MemoryListingOptions = {},
): MemoryListing {
  const idOf = ({ version }: StoredVersion) => (versioned ? `v${String(version).padStart(5, '0')}` : null);

  async function answer<T>(after: string | null, make: () => T): Promise<T> {
    memory.underWay += 1;
    memory.mostUnderWay = Math.max(memory.mostUnderWay, memory.underWay);
    try {
      await setImmediate();
      if (isFailing(after ?? '')) throw new Error('SlowDown');
      return make();
    } finally {
      memory.underWay -= 1;
    }
  }

  function inOrder(prefix: string): readonly StoredVersion[] {
    const newest = new Map<string, number>();
    for (const { key, version } of memory.versions) newest.set(key, Math.max(version, newest.get(key) ?? 0));
    const isListed = (each: StoredVersion) => versioned || (each.version === newest.get(each.key) && !each.isMark);
    return memory.versions
      .filter((each) => each.key.startsWith(prefix) && isListed(each))
      .toSorted((a, b) => compareKeys(a.key, b.key) || b.version - a.version);
  }

  const memory: MemoryListing = {
    ...{ versions, requests: 0, folderRequests: 0, underWay: 0, mostUnderWay: 0 },
    async rest() {
      for (let idle = 0; idle < 3; idle = memory.underWay === 0 ? idle + 1 : 0) await setImmediate();
    },
    fetchPage(prefix, after, maxKeys) {
      memory.requests += 1;
      return answer(after?.key ?? null, () => {
        const isBehind = (each: StoredVersion) => {
          const order = after === null ? 1 : compareKeys(each.key, after.key);
          return order > 0 || (order === 0 && after?.versionId != null && (idOf(each) ?? '') < after.versionId);
        };
        const rest = inOrder(prefix).filter(isBehind);
        const page = rest.slice(0, maxKeys);
        const last = page.at(-1);
        const isTruncated = page.length < rest.length;
        return {
          entries: page
            .filter(({ isMark }) => !isMark)
            .map((each) => ({ object: infoOf(each), versionId: idOf(each) })),
          end: isTruncated && last !== undefined ? { key: last.key, versionId: idOf(last) } : null,
        };
      });
    },
    listPrefixes(prefix, after) {
      memory.folderRequests += 1;
      return answer(after, () => {
        const rest = inOrder(prefix).filter(({ key }) => after === null || compareKeys(key, after) > 0);
        const folders = rest.flatMap(({ key }) => {
          const end = key.indexOf('/', prefix.length);
          return end < 0 ? [] : [key.slice(0, end + 1)];
        });
        return [...new Set(folders)].filter((each) => showsFolderOfStart || after?.startsWith(each) !== true);
      });
    },
    formatCursor: (lanes) => formatCursor(lanes, { versioned }),
    parseCursor: (cursor) => parseCursor(cursor, { bucket: 'memory', versioned }),
  };
  return memory;
}

function infoOf({ key, version }: StoredVersion) {
  return { bucket: 'memory', key, version: String(version), size: version, arrivedAt: '2026-01-01T00:00:00.000Z' };
}
