import { bucketOf, failure, type S3Answer, type S3Request, xmlAnswer } from './s3-http.ts';

/** The account that owns all buckets. */
const bucketOwner = '000000000000';

const kinds = ['TopicConfiguration', 'QueueConfiguration', 'CloudFunctionConfiguration', 'EventBridgeConfiguration'];
const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const event = /<Event>s3:[A-Za-z]+(:[A-Za-z*]+)?<\/Event>/;

/**
 * The notification settings of buckets. As in S3, each PUT replaces all of them. Nothing is sent.
 */
export interface Notifications {
  /** Responds to GET and PUT of `?notification`. */
  serve(request: S3Request): S3Answer;
}

/**
 * Responds as S3 does. Configurations without an id get one, and those of the same kind are next to
 * each other. Destinations are refused unless the request skips their validation, since none exist
 * here. Elements of later versions of S3 are kept.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export function createNotifications(): Notifications {
  const configurations = new Map<string, string>();
  let ids = 0;

  function put(bucket: string, { headers, body }: S3Request): S3Answer {
    const root = /<NotificationConfiguration\b[^>]*?(?:\/>|>(.*)<\/NotificationConfiguration>)\s*$/s.exec(
      body.toString(),
    );
    if (root === null) return failure(400, 'MalformedXML', 'The XML you provided was not well-formed');
    const parts = elementsOf(root[1] ?? '');
    const sends = parts.filter(({ name }) => /^(Topic|Queue|CloudFunction)Configuration$/.test(name));
    if (sends.some(({ xml }) => !event.test(xml))) return failure(400, 'InvalidArgument', 'A event is not supported');
    if (sends.length > 0 && headers['x-amz-skip-destination-validation'] !== 'true') {
      const text = 'Unable to validate the following destination configurations';
      return failure(400, 'InvalidArgument', text);
    }
    const kept = parts
      .toSorted((a, b) => placeOf(a.name) - placeOf(b.name))
      .map(({ name, xml }) => (sends.some((each) => each.xml === xml) ? withId(name, xml) : xml));
    configurations.set(bucket, kept.join(''));
    return { status: 200, headers: { 'content-length': '0' }, body: Buffer.alloc(0) };
  }

  function withId(name: string, xml: string): string {
    return xml.includes('<Id>') ? xml : xml.replace(`<${name}>`, `<${name}><Id>id-${++ids}</Id>`);
  }

  return {
    serve(request) {
      const bucket = bucketOf(request.path);
      const owner = request.headers['x-amz-expected-bucket-owner'] ?? bucketOwner;
      if (owner !== bucketOwner) return failure(403, 'AccessDenied', 'Access Denied');
      if (request.method === 'PUT') return put(bucket, request);
      if (request.method !== 'GET') return failure(405, 'MethodNotAllowed', 'No.');
      const found = configurations.get(bucket) ?? '';
      const xml =
        found === ''
          ? `<NotificationConfiguration ${namespace}/>`
          : `<NotificationConfiguration ${namespace}>${found}</NotificationConfiguration>`;
      return xmlAnswer(200, xml);
    },
  };
}

function placeOf(name: string): number {
  const place = kinds.indexOf(name);
  return place < 0 ? kinds.length : place;
}

/** The elements of one level. In S3, no element contains another of its own name. */
function elementsOf(xml: string): readonly { readonly name: string; readonly xml: string }[] {
  return [...xml.matchAll(/<(\w+)(?:[^>]*\/>|[^>]*>.*?<\/\1>)/gs)].map(([text, name = '']) => ({ name, xml: text }));
}
