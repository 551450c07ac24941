import type { IncomingHttpHeaders } from 'node:http';

/** An answer of S3, and what was asked. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Request {
  readonly method: string;
  /** As sent: neither decoded nor freed of `..`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Version {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Null for the mark that the object was deleted. */
  readonly answer: Answer | null;
}

interface Entry {
  readonly key: string;
  readonly id: string;
  readonly xml: string;
}

export function versioningAnswer(versioned: boolean): Answer {
  const status = versioned ? '<Status>Enabled</Status>' : '';
  return xmlAnswer(200, `<VersioningConfiguration>${status}</VersioningConfiguration>`);
}

export function latestEntries({ body }: Answer): readonly Entry[] {
  return [...body.toString().matchAll(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs)].map(
    ([, key = '', rest = '']) => {
      const text = key.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
      return { key: text.replaceAll('&apos;', "'").replaceAll('&amp;', '&'), id: '', xml: rest };
    },
  );
}

export function versionEntries(versions: readonly Version[]): readonly Entry[] {
  const newest = new Map(versions.map(({ key, id }) => [key, id]));
  return versions.toReversed().map(({ key, id, answer }) => {
    const time = new Date(answer?.headers['last-modified'] ?? 0).toISOString();
    const common = `<VersionId>${id}</VersionId><IsLatest>${newest.get(key) === id}</IsLatest><LastModified>${time}</LastModified>`;
    const object = `<ETag>${answer?.headers.etag}</ETag><Size>${answer?.headers['content-length']}</Size>`;
    return { key, id, xml: answer === null ? `<!---->${common}` : common + object };
  });
}

export function listing({ path }: Request, query: URLSearchParams, entries: readonly Entry[]): Answer {
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

export function xmlAnswer(status: number, xml: string): Answer {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  return { status, headers: { 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}
