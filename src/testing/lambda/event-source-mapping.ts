import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { Activity } from './activity.ts';
import { failedMessageIds } from './batch-response.ts';
import type { Chaos } from './chaos.ts';
import type { FunctionRuntime } from './function-runtime.ts';
import { deleteMessages, receiveBatch, returnMessages } from './queue-batches.ts';
import { queueState } from './queue-state.ts';
import { createSlots } from './slots.ts';
import { splitBatch } from './split-batch.ts';
import { type SqsMessage, sqsEvent } from './sqs-event.ts';

/** Maximum bytes of an event, without its envelope. */
const maxEventBytes = 6 * 1024 * 1024 - 64 * 1024;
const retryMs = 100;

/** Tells which function takes the messages of a queue, and how. Standard queues only. */
export interface MappingOptions {
  readonly queueUrl: string;
  readonly function: string;
  /** Most messages of an event, 1 to 10,000; above 10 only with a window. Default: 10. */
  readonly batchSize?: number;
  /** Milliseconds to gather a batch, from its first message; AWS takes whole seconds. Default: 0. */
  readonly windowMs?: number;
  /** Batches at the same time; AWS takes 2 to 1,000. Default: 2. */
  readonly maxConcurrency?: number;
  /**
   * Whether the response of the function lists the messages that failed. Default: false, as in AWS:
   * then all messages are done when it returns.
   */
  readonly reportBatchItemFailures?: boolean;
  /** Makes messages that failed visible at once. Default: false: they come again after the queue's visibility timeout, as in AWS. */
  readonly returnAtOnce?: boolean;
}

export interface EventSourceMapping {
  readonly queueUrl: string;
  /** Takes no more messages; resolves when those taken are settled. */
  stop(): Promise<void>;
}

export interface EventSourceMappingOptions extends MappingOptions {
  readonly target: FunctionRuntime;
  readonly sqs: SQSClient;
  readonly activity: Activity;
  readonly chaos: () => Chaos;
  readonly log: (line: string) => void;
}

/**
 * Polls a queue and invokes a function with what comes: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * Throws `ERR_CONFIG` for what AWS would refuse.
 */
export async function startEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMapping> {
  const { target, sqs, activity, chaos, log, queueUrl } = options;
  const {
    batchSize = 10,
    windowMs = 0,
    maxConcurrency = 2,
    reportBatchItemFailures = false,
    returnAtOnce = false,
  } = options;
  const { arn, visibilityMs } = await queueState(sqs, queueUrl);
  refuseUnusable({ batchSize, windowMs, visibilityMs, timeoutMs: target.timeoutMs, queueUrl });
  const stopping = new AbortController();
  const lanes = createSlots(maxConcurrency, stopping.signal);
  const underWay = new Set<Promise<void>>();

  /** The messages that the function has not done; null when it was throttled. */
  async function invokeOnce(batch: readonly SqsMessage[]): Promise<ReadonlySet<string> | null> {
    const payload = JSON.stringify(sqsEvent(batch, arn));
    const result = await target.invoke({ payload, waitMs: visibilityMs });
    const ids = batch.map(({ MessageId }) => MessageId);
    if (result === null) return null;
    if (result.error !== null) return new Set(ids);
    return reportBatchItemFailures ? failedMessageIds(ids, result.payload) : new Set();
  }

  async function invokeAndSettle(batch: readonly SqsMessage[]): Promise<void> {
    const messageIds = batch.map(({ MessageId }) => MessageId);
    let failed = await invokeOnce(batch);
    if (failed !== null && chaos().deliverTwice?.({ functionName: target.name, messageIds }) === true) {
      const again = await invokeOnce(batch);
      if (again !== null) failed = new Set([...failed].filter((id) => again.has(id)));
    }
    const isFailed = ({ MessageId }: SqsMessage) => failed === null || failed.has(MessageId);
    await deleteMessages(
      sqs,
      queueUrl,
      batch.filter((message) => !isFailed(message)),
    );
    if (returnAtOnce) await returnMessages(sqs, queueUrl, batch.filter(isFailed));
  }

  async function handle(messages: readonly SqsMessage[]): Promise<void> {
    for (const batch of splitBatch(messages, maxEventBytes)) {
      try {
        // Those that came too late are for the next mapping.
        if (stopping.signal.aborted) await returnMessages(sqs, queueUrl, batch);
        else await invokeAndSettle(batch);
      } catch (error) {
        // The queue delivers the batch again.
        if (!stopping.signal.aborted) log(`A batch of ${target.name} could not be settled: ${messageOf(error)}`);
      }
    }
  }

  async function pollOnce(): Promise<void> {
    if (!(await lanes.acquire(Number.POSITIVE_INFINITY))) return;
    let end = () => {};
    const begin = () => {
      end = activity.begin(`a batch for ${target.name}`);
    };
    try {
      const messages = await receiveBatch(sqs, { queueUrl, batchSize, windowMs, signal: stopping.signal, begin });
      const done = handle(messages).finally(() => {
        underWay.delete(done);
        end();
        lanes.release();
      });
      underWay.add(done);
    } catch (error) {
      end();
      lanes.release();
      log(`Queue ${queueUrl} could not be polled: ${messageOf(error)}`);
      await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const polling = (async () => {
    while (!stopping.signal.aborted) await pollOnce();
  })();
  return {
    queueUrl,
    async stop() {
      stopping.abort();
      await polling;
      await Promise.allSettled(underWay);
    },
  };
}

interface Limits {
  readonly queueUrl: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly visibilityMs: number;
  readonly timeoutMs: number;
}

function refuseUnusable({ queueUrl, batchSize, windowMs, visibilityMs, timeoutMs }: Limits): void {
  const refuse = (why: string) => {
    throw new RearviewError('ERR_CONFIG', `Queue ${queueUrl} cannot be mapped: ${why}`);
  };
  if (batchSize < 1 || batchSize > 10_000) refuse(`batchSize is ${batchSize}; give 1 to 10,000.`);
  if (batchSize > 10 && windowMs === 0) refuse(`batchSize is ${batchSize}; above 10 give windowMs.`);
  // Else a message would come a second time while the first run is still at it.
  if (visibilityMs < timeoutMs) {
    refuse(`its visibility timeout (${visibilityMs} ms) is less than the function's (${timeoutMs} ms).`);
  }
}
