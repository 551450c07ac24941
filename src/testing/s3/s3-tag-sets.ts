import { failure, type S3Answer, type S3Request, xmlAnswer } from './s3-http.ts';

interface Tag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const maxTags = 10;
/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html */
const legal = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags of objects by the id of their version. */
export interface TagSets {
  /** Responds to GET, PUT and DELETE of `?tagging`. */
  serve(id: string, request: S3Request): S3Answer;
  /** Sets the tags of a new object: those of its header, or those of the source of the copy. */
  begin(id: string, request: S3Request, copiedFrom: string | null): void;
}

export function createTagSets(): TagSets {
  const sets = new Map<string, readonly Tag[]>();
  return {
    serve(id, { method, body }) {
      if (method === 'GET') {
        const tags = (sets.get(id) ?? []).map(
          ({ key, value }) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
        );
        return xmlAnswer(200, `<Tagging><TagSet>${tags.join('')}</TagSet></Tagging>`);
      }
      if (method === 'DELETE') {
        sets.delete(id);
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      }
      const tags = [...body.toString().matchAll(/<Tag>(.*?)<\/Tag>/gs)].map(
        ([, tag = '']): Tag => ({ key: field(tag, 'Key'), value: field(tag, 'Value') }),
      );
      const wrong = problemOf(tags);
      if (wrong === null) sets.set(id, tags);
      return wrong ?? { status: 200, headers: { 'content-length': '0' }, body: Buffer.alloc(0) };
    },
    begin(id, { headers }, copiedFrom) {
      const given = [...new URLSearchParams(String(headers['x-amz-tagging'] ?? ''))];
      const isKept = copiedFrom !== null && headers['x-amz-tagging-directive'] !== 'REPLACE';
      sets.set(id, isKept ? (sets.get(copiedFrom) ?? []) : given.map(([key, value]) => ({ key, value })));
    },
  };
}

function problemOf(tags: readonly Tag[]): S3Answer | null {
  if (tags.length > maxTags) return failure(400, 'BadRequest', 'Object tags cannot be greater than 10');
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    return failure(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  const isLegal = ({ key, value }: Tag) =>
    legal.test(key + value) && key.length >= 1 && key.length <= 128 && value.length <= 256 && !key.startsWith('aws:');
  return tags.every(isLegal) ? null : failure(400, 'InvalidTag', 'The tag you have provided is not valid');
}

function field(xml: string, name: string): string {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
  return ['&lt;<', '&gt;>', '&quot;"', "&apos;'", '&amp;&'].reduce(
    (plain, each) => plain.replaceAll(each.slice(0, -1), each.slice(-1)),
    text,
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
