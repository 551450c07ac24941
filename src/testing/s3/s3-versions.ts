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
  return method === 'GET' ? rangeOf(answer, headers.range) : answer;
}

/**
 * The requested part of an answer, without the checksums of the whole:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function rangeOf(answer: S3Answer, range: string | undefined): S3Answer {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) return answer;
  const whole = Buffer.from(answer.body);
  const body = whole.subarray(Number(from), Number(to) + 1);
  if (body.length === 0) return failure(416, 'InvalidRange', 'The requested range is not satisfiable');
  const headers = Object.entries(answer.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const place = `bytes ${from}-${Number(from) + body.length - 1}/${whole.length}`;
  return {
    status: 206,
    headers: { ...Object.fromEntries(headers), 'content-length': String(body.length), 'content-range': place },
    body,
  };
}
