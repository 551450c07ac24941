import { type S3Answer, type S3Request, type ServeS3, xmlAnswer } from './s3-http.ts';

/** A version as the emulator keeps it. */
export interface Version {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Null for the mark that the object was deleted. */
  readonly answer: S3Answer | null;
}

/** An object or version of a listing. */
export interface Entry {
  readonly key: string;
  readonly id: string;
  readonly xml: string;
}

/** What the server without versions lists. */
export async function latestEntries(inner: ServeS3, each: S3Request): Promise<readonly Entry[]> {
  const { body } = await inner({ ...each, raw: `${each.path}?list-type=2&max-keys=1000` });
  return [...body.toString().matchAll(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs)].map(
    ([, key = '', rest = '']) => {
      const text = key.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      return { key: text.replaceAll('&apos;', "'").replaceAll('&amp;', '&'), id: '', xml: rest };
    },
  );
}

/** The latest versions, but for those that are deleted. */
export function newestEntries(versions: readonly Version[]): readonly Entry[] {
  const newest = new Map(versions.map((version) => [version.key, version]));
  return versionEntries([...newest.values()].filter(({ answer }) => answer !== null));
}

/** All versions, and the marks that objects were deleted. */
export function versionEntries(versions: readonly Version[]): readonly Entry[] {
  const newest = new Map(versions.map(({ key, id }) => [key, id]));
  return versions.toReversed().map(({ key, id, answer }) => {
    const time = new Date(answer?.headers['last-modified'] ?? 0).toISOString();
    const common = `<VersionId>${id}</VersionId><IsLatest>${newest.get(key) === id}</IsLatest><LastModified>${time}</LastModified>`;
    const object = `<ETag>${answer?.headers.etag}</ETag><Size>${answer?.headers['content-length']}</Size>`;
    return { key, id, xml: answer === null ? `<!---->${common}` : common + object };
  });
}

/** A page of a listing, in the order of UTF-8 bytes. */
export function listing({ path }: S3Request, query: URLSearchParams, entries: readonly Entry[]): S3Answer {
  const isVersions = query.has('versions');
  const after = query.get('continuation-token') ?? query.get('start-after') ?? query.get('key-marker') ?? '';
  const marker = query.get('version-id-marker');
  const sorted = entries
    .filter(({ key }) => key.startsWith(query.get('prefix') ?? ''))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const place = sorted.findIndex(({ key, id }) => {
    const order = Buffer.compare(Buffer.from(key), Buffer.from(after));
    return order > 0 || (order === 0 && marker !== null && id < marker);
  });
  const rest = place < 0 ? [] : sorted.slice(after === '' ? 0 : place);
  const page = rest.slice(0, Number(query.get('max-keys') ?? 1000));
  const last = page.at(-1);
  const items = page.map(({ key, xml }) => {
    const tag = !isVersions ? 'Contents' : xml.startsWith('<!---->') ? 'DeleteMarker' : 'Version';
    return `<${tag}><Key>${encodeKey(key)}</Key>${xml.replace('<!---->', '')}</${tag}>`;
  });
  const next = isVersions
    ? `<NextKeyMarker>${encodeKey(last?.key ?? '')}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`
    : `<NextContinuationToken>${encodeKey(last?.key ?? '')}</NextContinuationToken>`;
  const truncated = page.length < rest.length;
  const root = isVersions ? 'ListVersionsResult' : 'ListBucketResult';
  return xmlAnswer(
    200,
    `<${root}><Name>${path.slice(1)}</Name><EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>${
      truncated ? next : ''
    }${items.join('')}</${root}>`,
  );
}

/** As S3 writes keys where `encoding-type=url` is asked for. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}
