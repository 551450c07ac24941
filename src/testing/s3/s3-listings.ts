import { compareKeys } from '../../adapters/aws/s3/listing/key-order.ts';
import { type S3Answer, type S3Request, type ServeS3, xmlAnswer } from './s3-http.ts';

/** A version in the emulator. */
export interface Version {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Null for a delete marker. */
  readonly answer: S3Answer | null;
}

/** An object or version in a listing. */
export interface Entry {
  readonly key: string;
  readonly id: string;
  readonly xml: string;
}

/** The listing of the server without versions. */
export async function latestEntries(inner: ServeS3, each: S3Request): Promise<readonly Entry[]> {
  const { body } = await inner({ ...each, raw: `${each.path}?list-type=2&max-keys=1000` });
  return [...body.toString().matchAll(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs)].map(
    ([, key = '', rest = '']) => {
      const text = key.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      return { key: text.replaceAll('&apos;', "'").replaceAll('&amp;', '&'), id: '', xml: rest };
    },
  );
}

/** The latest versions, except of deleted objects. */
export function newestEntries(versions: readonly Version[]): readonly Entry[] {
  const newest = new Map(versions.map((version) => [version.key, version]));
  return versionEntries([...newest.values()].filter(({ answer }) => answer !== null));
}

/** The listing of versions of a bucket without versions. */
export function nullVersions(entries: readonly Entry[]): readonly Entry[] {
  return entries.map(({ key, xml }) => ({ key, id: 'null', xml: `<VersionId>null</VersionId>${xml}` }));
}

/** All versions and delete markers. */
export function versionEntries(versions: readonly Version[]): readonly Entry[] {
  const newest = new Map(versions.map(({ key, id }) => [key, id]));
  return versions.toReversed().map(({ key, id, answer }) => {
    const time = new Date(answer?.headers['last-modified'] ?? 0).toISOString();
    const common = `<VersionId>${id}</VersionId><IsLatest>${newest.get(key) === id}</IsLatest><LastModified>${time}</LastModified>`;
    const object = `<ETag>${answer?.headers.etag}</ETag><Size>${answer?.headers['content-length']}</Size>`;
    return { key, id, xml: answer === null ? `<!---->${common}` : common + object };
  });
}

/** A page of a listing, in the order of UTF-8 bytes. With a delimiter, it is a level of folders. */
export function listing(request: S3Request, query: URLSearchParams, entries: readonly Entry[]): S3Answer {
  return sortedListing(
    request,
    query,
    entries.toSorted((a, b) => compareKeys(a.key, b.key)),
  );
}

/** The same for entries that are already in that order, with the newest version of a key first. */
export function sortedListing(
  { path }: Pick<S3Request, 'path'>,
  query: URLSearchParams,
  sorted: readonly Entry[],
): S3Answer {
  const isVersions = query.has('versions');
  const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('key-marker') ?? '';
  const marker = query.get('version-id-marker');
  const prefix = query.get('prefix') ?? '';
  const rest = sorted.filter(({ key, id }) => {
    const order = after === '' ? 1 : compareKeys(key, after);
    return key.startsWith(prefix) && (order > 0 || (order === 0 && marker !== null && id < marker));
  });
  const maxKeys = Number(query.get('max-keys') ?? 1000);
  const { items, last, isTruncated } = rollUp(rest, { prefix, delimiter: query.get('delimiter') ?? '', maxKeys });
  const xml = items.map((item) => {
    if (typeof item === 'string') return `<CommonPrefixes><Prefix>${encodeKey(item)}</Prefix></CommonPrefixes>`;
    const tag = !isVersions ? 'Contents' : item.xml.startsWith('<!---->') ? 'DeleteMarker' : 'Version';
    return `<${tag}><Key>${encodeKey(item.key)}</Key>${item.xml.replace('<!---->', '')}</${tag}>`;
  });
  const next = isVersions
    ? `<NextKeyMarker>${encodeKey(last?.key ?? '')}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`
    : `<NextContinuationToken>${encodeKey(last?.key ?? '')}</NextContinuationToken>`;
  const root = isVersions ? 'ListVersionsResult' : 'ListBucketResult';
  return xmlAnswer(
    200,
    `<${root}><Name>${path.slice(1)}</Name><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${
      isTruncated ? next : ''
    }${xml.join('')}</${root}>`,
  );
}

interface RollUpOptions {
  readonly prefix: string;
  /** Empty: nothing is rolled up. */
  readonly delimiter: string;
  readonly maxKeys: number;
}

/** Entries, with the prefix of a folder in place of the entries below it. */
function rollUp(entries: readonly Entry[], { prefix, delimiter, maxKeys }: RollUpOptions) {
  const items: (Entry | string)[] = [];
  let last: Entry | undefined;
  for (const entry of entries) {
    const end = delimiter === '' ? -1 : entry.key.indexOf(delimiter, prefix.length);
    const item = end < 0 ? entry : entry.key.slice(0, end + delimiter.length);
    if (item !== items.at(-1)) {
      if (items.length === maxKeys) return { items, last, isTruncated: true };
      items.push(item);
    }
    last = entry;
  }
  return { items, last, isTruncated: false };
}

/** Encodes a key as S3 does for `encoding-type=url`. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}
