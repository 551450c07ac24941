import { failure, keyOf, type S3Answer, type S3Request, type ServeS3, xmlAnswer } from './s3-http.ts';
import type { Version } from './s3-listings.ts';

/** A bucket without versions has one version of each object, with the id `null`. */
export function latestOnly(inner: ServeS3, each: S3Request): Promise<S3Answer> {
  const id = each.query.get('versionId');
  if (id === null || id === 'null') return inner(each);
  return Promise.resolve(failure(400, 'InvalidArgument', 'Invalid version id specified'));
}

/** Whether a bucket keeps versions, according to its own settings. */
export function versioningAnswer(versioned: boolean): S3Answer {
  const status = versioned ? '<Status>Enabled</Status>' : '';
  return xmlAnswer(200, `<VersioningConfiguration>${status}</VersioningConfiguration>`);
}

/** One of the versions of a bucket; the latest if the request names none. */
export function versionAnswer(versions: readonly Version[], { method, path, query, headers }: S3Request): S3Answer {
  const id = query.get('versionId');
  const all = versions.filter(({ key }) => key === keyOf(path));
  const found = id === null ? all.at(-1) : all.find((each) => each.id === id);
  if (found === undefined) {
    if (id === null) return failure(404, 'NoSuchKey', 'No.');
    const isOurs = /^v\d{4,}$/.test(id);
    return isOurs
      ? failure(404, 'NoSuchVersion', 'The specified version does not exist.')
      : failure(400, 'InvalidArgument', 'Invalid version id specified');
  }
  if (found.answer === null) {
    const answer = id === null ? failure(404, 'NoSuchKey', 'No.') : failure(405, 'MethodNotAllowed', 'No.');
    return { ...answer, headers: { ...answer.headers, 'x-amz-delete-marker': 'true' } };
  }
  const { etag } = found.answer.headers;
  if ((headers['if-match'] ?? etag) !== etag) return failure(412, 'PreconditionFailed', 'No.');
  const answer = { ...found.answer, headers: { ...found.answer.headers, 'x-amz-version-id': found.id } };
  return headers.range === undefined || method !== 'GET' ? answer : rangeOf(answer, headers.range);
}

/** The bytes of a range with two ends, as S3 returns them. */
function rangeOf(answer: S3Answer, range: string): S3Answer {
  const size = answer.body.length;
  const [start = 0, last = 0] = range.replace('bytes=', '').split('-').map(Number);
  if (start >= size) return failure(416, 'InvalidRange', 'The requested range is not satisfiable');
  const body = answer.body.subarray(start, Math.min(last + 1, size));
  const part = {
    'content-length': `${body.length}`,
    'content-range': `bytes ${start}-${start + body.length - 1}/${size}`,
  };
  // A checksum is that of the whole object, and is not returned for a part of it.
  const headers = Object.entries(answer.headers).filter(([name]) => !name.startsWith('x-amz-checksum'));
  return { status: 206, body, headers: { ...Object.fromEntries(headers), ...part } };
}
