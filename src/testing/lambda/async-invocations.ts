import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Activity } from './activity.ts';
import { functionArn } from './function-options.ts';
import type { FunctionRuntime, InvokeRequest } from './function-runtime.ts';
import type { InvocationResult } from './invocation.ts';

/** The queue of asynchronous events. */
export interface AsyncInvocations {
  /** Answers the request id at once. */
  accept(target: FunctionRuntime, payload: string, qualifier?: string): string;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export interface AsyncInvocationsOptions {
  readonly activity: Activity;
  readonly sqs: SQSClient | undefined;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Invokes as AWS does for `InvocationType: Event`: waits for concurrency, retries a failed function,
 * and then sends a message to the queue for failures.
 * Aborting the signal drops what is queued. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createAsyncInvocations({ activity, sqs, signal, log }: AsyncInvocationsOptions): AsyncInvocations {
  const underWay = new Set<Promise<void>>();

  async function invokeWithRetries(
    target: FunctionRuntime,
    { requestId, payload, qualifier }: Omit<InvokeRequest, 'waitMs'> & { readonly requestId: string },
  ) {
    const { asyncRetries = 2, asyncRetryDelayMs = 100, onFailureQueueUrl } = target.options;
    for (let attempt = 1; ; attempt += 1) {
      const result = await target.invoke({ payload, requestId, qualifier, waitMs: Number.POSITIVE_INFINITY });
      if (result?.error === null) return;
      if (attempt > asyncRetries) {
        if (result === null || onFailureQueueUrl === undefined) return;
        if (sqs === undefined)
          throw new RearviewError('ERR_CONFIG', 'onFailureQueueUrl needs an SQS client: give sqs.');
        const MessageBody = JSON.stringify(failureRecord(target.name, payload, attempt, result));
        await sqs.send(new SendMessageCommand({ QueueUrl: onFailureQueueUrl, MessageBody }));
        return;
      }
      await sleep(asyncRetryDelayMs * 2 ** (attempt - 1), undefined, { signal });
    }
  }

  return {
    accept(target, payload, qualifier) {
      const requestId = randomUUID();
      const end = activity.begin(`asynchronous event ${requestId} of ${target.name}`);
      const work = invokeWithRetries(target, { requestId, payload, qualifier })
        .catch((error: unknown) => {
          if (!signal.aborted) log(`Event ${requestId} of ${target.name} is lost: ${messageOf(error)}`);
        })
        .finally(() => {
          underWay.delete(work);
          end();
        });
      underWay.add(work);
      return requestId;
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function failureRecord(
  name: string,
  payload: string,
  approximateInvokeCount: number,
  result: InvocationResult,
): unknown {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: result.requestId,
      functionArn: `${functionArn(name)}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount,
    },
    requestPayload: JSON.parse(payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: JSON.parse(result.payload),
  };
}
