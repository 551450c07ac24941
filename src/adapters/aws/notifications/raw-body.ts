import { buffer } from 'node:stream/consumers';
import type {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';

/**
 * The SDK reads and writes those elements alone that its version knows: what it reads and writes back may lack some. So the documents themselves pass
 * by it; addresses, checksums, signatures and attempts are still its business.
 *
 * https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/
 */

/** Keeps what the service answers; the function tells, once it has. */
export function captureBody(stack: GetBucketNotificationConfigurationCommand['middlewareStack']): () => string {
  let captured = '';
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (isMessage(response) && isStream(response.body)) {
        const bytes = new Uint8Array(await buffer(response.body));
        captured = new TextDecoder().decode(bytes);
        response.body = bytes;
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'captureBody' },
  );
  return () => captured;
}

/** Sends this in the place of what the SDK makes of the input. */
export function replaceBody(stack: PutBucketNotificationConfigurationCommand['middlewareStack'], body: string): void {
  stack.add(
    (next) => async (args) => {
      // Checksums and signatures are made after that.
      if (!isMessage(args.request))
        throw new Error('The SDK has another form of requests: the body cannot be replaced.');
      args.request.body = body;
      return next(args);
    },
    { step: 'serialize', priority: 'low', name: 'replaceBody' },
  );
}

function isMessage(value: unknown): value is { body: unknown } {
  return typeof value === 'object' && value !== null && 'body' in value;
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
