import { buffer } from 'node:stream/consumers';
import type {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';

/**
 * The SDK reads and writes only the elements that its version knows, so a document may lose
 * elements on the way. Therefore the documents themselves bypass it. Addresses, checksums,
 * signatures and retries are still handled by the SDK.
 *
 * https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/
 */

/** Keeps the response of the service; the function returns it once it has arrived. */
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

/** Sends this instead of the SDK's serialization of the input. */
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
