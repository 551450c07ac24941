import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { hasCode, RearviewError } from '../../../domain/errors.ts';
import { uploadPartBytes as partBytes } from '../../../domain/objects/content-sum.ts';
import { existsAlready, translateS3Error } from './s3-errors.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;

interface Sending {
  readonly client: S3Client;
  readonly params: {
    readonly Bucket: string;
    readonly Key: string;
    readonly Metadata: Record<string, string>;
    readonly ChecksumAlgorithm: 'SHA256';
    readonly IfNoneMatch?: string;
  };
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  readonly what: string;
}

interface Sent {
  readonly output: { readonly ETag?: string | undefined; readonly VersionId?: string | undefined };
  readonly size: number;
}

/**
 * Puts an object: up to 5 MiB in one request, more in parts. S3 checks the checksum of each.
 * @throws errors of the content unchanged; for S3, `ERR_CONFLICT` for a failed condition, otherwise
 *   as `translateS3Error`
 */
export async function sendToS3({ client, params, content, what }: Sending): Promise<Sent> {
  const translate = (error: unknown): unknown => {
    const own = translateS3Error(error, what);
    return hasCode(own, 'ERR_OBJECT_CHANGED') ? existsAlready(what, error) : own;
  };
  if (content instanceof Uint8Array && content.length <= partBytes) {
    const put = new PutObjectCommand({ ...params, Body: content });
    const output = await client.send(put).catch((error: unknown) => Promise.reject(translate(error)));
    return { output, size: content.length };
  }
  const source = counted(content instanceof Uint8Array ? one(content) : content, what);
  const upload = new Upload({ client, params: { ...params, Body: Readable.from(source.chunks) }, partSize: partBytes });
  try {
    return { output: await upload.done(), size: source.size() };
  } catch (error) {
    throw source.failure() === error ? error : translate(error);
  }
}

interface Counted {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Number of bytes so far. */
  size(): number;
  /** The error of the content. */
  failure(): unknown;
}

function counted(content: AsyncIterable<Uint8Array>, what: string): Counted {
  let size = 0;
  let failure: unknown;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of content) {
        size += chunk.length;
        if (size > maxParts * partBytes) throw tooLarge(what);
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { chunks: chunks(), size: () => size, failure: () => failure };
}

async function* one(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

function tooLarge(what: string): RearviewError {
  const most = maxParts * partBytes;
  return new RearviewError('ERR_OBJECT_TOO_LARGE', `Cannot store ${what}: it has more than ${most} bytes.`);
}
